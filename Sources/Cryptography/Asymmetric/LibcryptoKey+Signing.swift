import COpenSSL
import Crypto
import Synchronization

/// The hash functions of SHA-2 that signatures here use.
enum SignatureHash: Hashable, Sendable {
    case sha256, sha384, sha512

    /// Hashes a message.
    func digest(of message: UnsafeRawBufferPointer) -> [UInt8] {
        switch self {
        case .sha256: SHA256.hash(data: message).withUnsafeBytes { Array($0) }
        case .sha384: SHA384.hash(data: message).withUnsafeBytes { Array($0) }
        case .sha512: SHA512.hash(data: message).withUnsafeBytes { Array($0) }
        }
    }

    var libcryptoDigest: OpaquePointer? {
        switch self {
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }
}

extension LibcryptoKey {
    /// How a digest becomes a signature (RFC 8017, section 8; FIPS 186-5, section 6; GM/T 0003.2).
    enum SignatureScheme: Hashable, Sendable {
        case rsaPKCS1v15(SignatureHash)
        case rsaPSS(SignatureHash, saltByteCount: Int)
        case ecdsa
        case sm2

        /// Sets padding and hash; the digest itself is made by the caller.
        fileprivate func configure(_ context: OpaquePointer) -> Bool {
            switch self {
            case .rsaPKCS1v15(let hash):
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0
                    && EVP_PKEY_CTX_set_signature_md(context, hash.libcryptoDigest) > 0
            case .rsaPSS(let hash, let saltByteCount):
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0
                    && EVP_PKEY_CTX_set_signature_md(context, hash.libcryptoDigest) > 0
                    && EVP_PKEY_CTX_set_rsa_mgf1_md(context, hash.libcryptoDigest) > 0
                    && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(saltByteCount)) > 0
            case .ecdsa, .sm2: true
            }
        }
    }

    /// Signs a digest; ECDSA and SM2 signatures are DER.
    func sign(
        digest: UnsafeRawBufferPointer,
        _ scheme: SignatureScheme
    ) throws(CryptographyError) -> [UInt8] {
        if scheme == .ecdsa, let nistCurveKey { return try nistCurveKey.sign(digest: digest) }
        let context = try signingContext(scheme)
        let handle = context.handle
        let input = digest.assumingMemoryBound(to: UInt8.self)
        let signature = try collectSignature { output, length in
            EVP_PKEY_sign(handle, output, &length, input.baseAddress, input.count) > 0
        }
        // One that failed is not kept.
        keep(context)
        return signature
    }

    private func keep(_ context: consuming SigningContext) {
        var context: SigningContext? = context
        signing.withLock { $0 = context.take() }
    }

    /// What the last signature left, if it was of the same scheme and no other thread has it, or a new context.
    private func signingContext(_ scheme: SignatureScheme) throws(CryptographyError) -> SigningContext {
        if let kept = signing.withLock({ $0.take() }), kept.scheme == scheme { return kept }
        guard let context = SigningContext(for: handle, scheme) else {
            ERR_clear_error()
            throw .libraryFailure(.signing)
        }
        return context
    }

    /// Whether a signature is this key's over the digest.
    func isValid(
        signature: [UInt8],
        digest: UnsafeRawBufferPointer,
        _ scheme: SignatureScheme
    ) -> Bool {
        if scheme == .ecdsa, let nistCurveKey {
            return nistCurveKey.isValid(signature: signature, digest: digest)
        }
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, handle, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        let input = digest.assumingMemoryBound(to: UInt8.self)
        guard !signature.isEmpty, EVP_PKEY_verify_init(context) > 0, scheme.configure(context),
            EVP_PKEY_verify(context, signature, signature.count, input.baseAddress, input.count) == 1
        else {
            ERR_clear_error()
            return false
        }
        return true
    }

    /// Runs a signing call into an array of the key's greatest signature size.
    func collectSignature(
        _ call: (UnsafeMutablePointer<UInt8>?, inout Int) -> Bool
    ) throws(CryptographyError) -> [UInt8] {
        let capacity = Int(EVP_PKEY_get_size(handle))
        let signature = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
            var length = capacity
            initialized = call(buffer.baseAddress, &length) ? length : 0
        }
        guard !signature.isEmpty else {
            ERR_clear_error()
            throw .libraryFailure(.signing)
        }
        return signature
    }
}

/// A context of libcrypto's that is ready to sign: making one costs a tenth of a P-256 signature.
struct SigningContext: ~Copyable, @unchecked Sendable {
    // Unchecked: whoever has it has it alone, since it cannot be copied.
    fileprivate let handle: OpaquePointer
    fileprivate let scheme: LibcryptoKey.SignatureScheme

    fileprivate init?(for key: OpaquePointer, _ scheme: LibcryptoKey.SignatureScheme) {
        guard let handle = EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else { return nil }
        guard EVP_PKEY_sign_init(handle) > 0, scheme.configure(handle) else {
            EVP_PKEY_CTX_free(handle)
            return nil
        }
        self.handle = handle
        self.scheme = scheme
    }

    deinit { EVP_PKEY_CTX_free(handle) }
}
