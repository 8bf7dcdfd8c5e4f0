import CBenchmark

/// OpenSSL's libcrypto as fast as it goes: contexts made once, no copies.
enum LibcryptoSpeeds {
    static func measure(_ seconds: Double) throws -> [Speed] {
        try [
            sign("P-256 sign", key: .curve("P-256"), seconds),
            sign("P-384 sign", key: .curve("P-384"), digestByteCount: 48, seconds),
            sign("RSA-2048 PSS sign", key: .rsa(bits: 2048), padding: RSA_PKCS1_PSS_PADDING, seconds),
            sign("RSA-2048 PKCS #1 v1.5 sign", key: .rsa(bits: 2048), padding: RSA_PKCS1_PADDING, seconds),
            seal("AES-256-GCM seal 32 B", byteCount: 32, seconds),
            seal("AES-256-GCM seal 4 KB", byteCount: 4096, seconds),
        ]
    }

    private static func sign(
        _ primitive: String,
        key: KeyKind,
        padding: Int32? = nil,
        digestByteCount: Int = 32,
        _ seconds: Double
    ) throws -> Speed {
        let pair = try key.generate()
        defer { EVP_PKEY_free(pair) }
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, pair, nil) else { throw LibcryptoError() }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_sign_init(context) > 0 else { throw LibcryptoError() }
        if let padding {
            guard EVP_PKEY_CTX_set_rsa_padding(context, padding) > 0,
                EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) > 0
            else { throw LibcryptoError() }
        }
        let digest = [UInt8](repeating: 7, count: digestByteCount)
        var signature = [UInt8](repeating: 0, count: 512)
        return try Stopwatch.speed(of: primitive, by: "libcrypto", seconds: seconds) {
            var length = signature.count
            guard EVP_PKEY_sign(context, &signature, &length, digest, digest.count) > 0 else {
                throw LibcryptoError()
            }
        }
    }

    private static func seal(_ primitive: String, byteCount: Int, _ seconds: Double) throws -> Speed {
        guard let context = EVP_CIPHER_CTX_new() else { throw LibcryptoError() }
        defer { EVP_CIPHER_CTX_free(context) }
        let key = [UInt8](repeating: 1, count: 32)
        let iv = [UInt8](repeating: 2, count: 12)
        let plaintext = [UInt8](repeating: 3, count: byteCount)
        var output = [UInt8](repeating: 0, count: byteCount)
        var tag = [UInt8](repeating: 0, count: 16)
        return try Stopwatch.speed(of: primitive, by: "libcrypto", seconds: seconds) {
            var length: Int32 = 0
            guard EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, key, iv) == 1,
                EVP_EncryptUpdate(context, &output, &length, plaintext, Int32(byteCount)) == 1,
                EVP_EncryptFinal_ex(context, &output, &length) == 1,
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1
            else { throw LibcryptoError() }
        }
    }
}

/// What pair of keys to draw.
private enum KeyKind {
    case rsa(bits: Int32)
    case curve(String)

    /// The caller frees it.
    func generate() throws -> OpaquePointer {
        let type =
            switch self {
            case .rsa: "RSA"
            case .curve: "EC"
            }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { throw LibcryptoError() }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_keygen_init(context) > 0 else { throw LibcryptoError() }
        let isChosen =
            switch self {
            case .rsa(let bits): EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) > 0
            case .curve(let name): EVP_PKEY_CTX_set_group_name(context, name) > 0
            }
        var pair: OpaquePointer?
        guard isChosen, EVP_PKEY_generate(context, &pair) > 0, let pair else { throw LibcryptoError() }
        return pair
    }
}

/// libcrypto refused what it always does.
struct LibcryptoError: Error, CustomStringConvertible {
    let description = TLSClient.lastError
}
