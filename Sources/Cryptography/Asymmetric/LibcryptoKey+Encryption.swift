import COpenSSL

extension LibcryptoKey {
    /// How a plaintext becomes a ciphertext under a public key.
    enum EncryptionScheme: Sendable {
        /// RSAES-OAEP (RFC 8017, 7.1) with one hash for label and mask, and an empty label.
        case oaepSHA1, oaepSHA256
        /// SM2 public key encryption, ASN.1 form (GM/T 0009).
        case sm2

        fileprivate func configure(_ context: OpaquePointer) -> Bool {
            switch self {
            case .oaepSHA1: Self.configureOAEP(context, EVP_sha1())
            case .oaepSHA256: Self.configureOAEP(context, EVP_sha256())
            case .sm2: true
            }
        }

        private static func configureOAEP(_ context: OpaquePointer, _ hash: OpaquePointer?) -> Bool {
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0
                && EVP_PKEY_CTX_set_rsa_oaep_md(context, hash) > 0
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash) > 0
        }
    }

    /// Encrypts to this key's public half; the caller has checked the length.
    func encrypt(
        _ plaintext: UnsafeRawBufferPointer,
        _ scheme: EncryptionScheme
    ) throws(CryptographyError) -> [UInt8] {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, handle, nil) else {
            throw .libraryFailure(.encryption)
        }
        defer { EVP_PKEY_CTX_free(context) }
        let input = plaintext.assumingMemoryBound(to: UInt8.self)
        var capacity = 0
        guard EVP_PKEY_encrypt_init(context) > 0, scheme.configure(context),
            EVP_PKEY_encrypt(context, nil, &capacity, input.baseAddress, input.count) > 0
        else {
            ERR_clear_error()
            throw .libraryFailure(.encryption)
        }
        let ciphertext = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
            var length = capacity
            let status = EVP_PKEY_encrypt(
                context,
                buffer.baseAddress,
                &length,
                input.baseAddress,
                input.count
            )
            initialized = status > 0 ? length : 0
        }
        guard !ciphertext.isEmpty else {
            ERR_clear_error()
            throw .libraryFailure(.encryption)
        }
        return ciphertext
    }

    /// Decrypts; every failure is `.invalidCiphertext`.
    ///
    /// libcrypto undoes OAEP in constant time, so the causes cannot be told apart by the clock either.
    func decrypt(
        _ ciphertext: [UInt8],
        _ scheme: EncryptionScheme
    ) throws(CryptographyError) -> SecretBytes {
        guard isWellFormed(ciphertext), let context = EVP_PKEY_CTX_new_from_pkey(nil, handle, nil) else {
            throw .invalidCiphertext
        }
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        var capacity = 0
        guard EVP_PKEY_decrypt_init(context) > 0, scheme.configure(context),
            EVP_PKEY_decrypt(context, nil, &capacity, ciphertext, ciphertext.count) > 0
        else { throw .invalidCiphertext }
        var length = capacity
        let room = try SecretBytes(count: capacity) { buffer throws(CryptographyError) in
            let output = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard EVP_PKEY_decrypt(context, output, &length, ciphertext, ciphertext.count) > 0 else {
                throw .invalidCiphertext
            }
        }
        return room.prefix(length)
    }

    /// Whether a ciphertext is as long as the modulus, or for SM2 exactly one ASN.1 sequence.
    ///
    /// libcrypto itself takes shorter RSA ciphertexts and ignores what follows an SM2 ciphertext.
    private func isWellFormed(_ ciphertext: [UInt8]) -> Bool {
        if let bits = spec.modulusBitCount { return ciphertext.count == bits / 8 }
        return ciphertext.withBytes { bytes in
            guard let element = DERElement(bytes) else { return false }
            return element.isUniversal(V_ASN1_SEQUENCE) && element.rest.isEmpty
        }
    }
}

extension SecretBytes {
    /// A second secret of the first `count` bytes, for calls that need more room than they fill.
    borrowing func prefix(_ count: Int) -> SecretBytes {
        withUnsafeBytes { bytes in
            SecretBytes(count: count) {
                $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
        }
    }
}
