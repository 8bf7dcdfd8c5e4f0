import COpenSSL

/// Private keys as PEM texts that a password opens, in the form of RFC 1423 section 1.1 that KES, MinIO and OpenSSL
/// read: `Proc-Type: 4,ENCRYPTED` and AES-256-CBC.
///
/// The form derives its key with one round of MD5: it protects as well as its password is long and random. A password
/// that a person remembers is no hindrance to who has the file.
package enum PasswordProtectedPEM {
    /// Passwords are this long at the most, as OpenSSL's buffers are.
    package static let passwordBytesMax = 1024

    /// Writes PKCS #8 in DER; fails when it is none.
    package static func privateKey(
        pkcs8 der: borrowing SecretBytes,
        password: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        guard (1...passwordBytesMax).contains(password.count) else { throw .invalidKeyMaterial }
        guard let memory = BIO_new(BIO_s_secmem()) else { throw .libraryFailure(.encryption) }
        defer { BIO_free(memory) }
        let key = der.withUnsafeBytes { der -> OpaquePointer? in
            var start = der.bindMemory(to: UInt8.self).baseAddress
            return d2i_PKCS8_PRIV_KEY_INFO(nil, &start, der.count)
        }
        guard let key else { throw .invalidKeyMaterial }
        defer { PKCS8_PRIV_KEY_INFO_free(key) }
        let status = password.withUnsafeBytes { password in
            PEM_ASN1_write_bio(
                { key, output in i2d_PKCS8_PRIV_KEY_INFO(key.map { OpaquePointer($0) }, output) },
                "PRIVATE KEY",
                memory,
                UnsafeMutableRawPointer(key),
                EVP_aes_256_cbc(),
                password.bindMemory(to: UInt8.self).baseAddress,
                Int32(password.count),
                nil,
                nil
            )
        }
        guard status == 1 else { throw .libraryFailure(.encryption) }
        var bytes: UnsafeMutablePointer<CChar>?
        let count = strongroom_bio_memory(memory, &bytes)
        guard let bytes, count > 0 else { throw .libraryFailure(.encryption) }
        return SecretBytes(count: count) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count))
        }
    }
}
