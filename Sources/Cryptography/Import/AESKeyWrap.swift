import COpenSSL

/// AES-256 key unwrapping with padding: KWP of SP 800-38F, RFC 5649.
enum AESKeyWrap {
    private static let keyByteCount = 32
    private static let blockByteCount = 8

    /// Opens a wrapped key; `.invalidCiphertext` for a key of another size, a wrong length or a failed check.
    static func unwrap(
        _ wrapped: [UInt8],
        with key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        // The shortest is one padded block behind the integrity check value.
        guard key.count == keyByteCount, wrapped.count >= 2 * blockByteCount,
            wrapped.count.isMultiple(of: blockByteCount), let context = EVP_CIPHER_CTX_new()
        else { throw .invalidCiphertext }
        defer {
            EVP_CIPHER_CTX_free(context)
            ERR_clear_error()
        }
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW)
        let isReady = key.withUnsafeBytes { bytes in
            let keyBytes = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            return EVP_DecryptInit_ex(context, EVP_aes_256_wrap_pad(), nil, keyBytes, nil) == 1
        }
        guard isReady else { throw .invalidCiphertext }
        var length: Int32 = 0
        let room = try SecretBytes(count: wrapped.count) { buffer throws(CryptographyError) in
            let output = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard EVP_DecryptUpdate(context, output, &length, wrapped, Int32(wrapped.count)) == 1, length > 0
            else { throw .invalidCiphertext }
        }
        return room.prefix(Int(length))
    }
}
