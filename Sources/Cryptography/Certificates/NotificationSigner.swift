import COpenSSL

/// An RSA key that signs the envelopes of notifications, and the certificate for it.
///
/// SHA-1 is what receivers of SignatureVersion 1 know; SHA-256 is version 2's. Both are PKCS #1 v1.5 (SNS Developer
/// Guide, "Verifying the signatures of Amazon SNS messages").
package struct NotificationSigner: Sendable {
    private let key: LibcryptoKey

    /// Draws a key of 2,048 bits, which takes up to 300 ms.
    package static func generate() throws(CryptographyError) -> NotificationSigner {
        NotificationSigner(key: try LibcryptoKey.generate(.rsa2048))
    }

    /// Reads a PKCS#8 PrivateKeyInfo.
    ///
    /// - Throws: `.invalidKeyMaterial` unless it holds an RSA key of 2,048 bits.
    package init(privateKeyInfo: borrowing SecretBytes) throws(CryptographyError) {
        key = try privateKeyInfo.withUnsafeBytes { bytes throws(CryptographyError) in
            try LibcryptoKey.load(.rsa2048, privateKeyInfo: bytes)
        }
    }

    private init(key: LibcryptoKey) { self.key = key }

    /// The PKCS#8 PrivateKeyInfo, DER.
    package func privateKeyInfo() throws(CryptographyError) -> SecretBytes { try key.privateKeyInfo() }

    /// Signs a text for a SignatureVersion: 2 with SHA-256, every other with SHA-1.
    package func sign(_ text: [UInt8], version: Int) throws(CryptographyError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .libraryFailure(.signing) }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var count = 0
        guard
            EVP_DigestSignInit(context, nil, version == 2 ? EVP_sha256() : EVP_sha1(), nil, key.handle) == 1,
            EVP_DigestSign(context, nil, &count, text, text.count) == 1
        else { throw .libraryFailure(.signing) }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, text, text.count) == 1 else {
            throw .libraryFailure(.signing)
        }
        signature.removeSubrange(count...)
        return signature
    }

    /// A certificate for the key, signed by itself with SHA-256, as PEM.
    ///
    /// `validFrom` is in seconds since 1970.
    package func certificate(
        commonName: String,
        validFrom: Int,
        days: Int
    ) throws(CryptographyError) -> [UInt8] {
        guard let certificate = X509_new(), let output = BIO_new(BIO_s_mem()) else {
            throw .libraryFailure(.keyEncoding)
        }
        defer {
            X509_free(certificate)
            BIO_free(output)
            ERR_clear_error()
        }
        let isMade =
            X509_set_version(certificate, 2) == 1 && setSerialNumber(of: certificate)
            && ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(validFrom)) != nil
            && ASN1_TIME_set(X509_getm_notAfter(certificate), time_t(validFrom + days * 86_400)) != nil
            && setNames(of: certificate, commonName) && X509_set_pubkey(certificate, key.handle) == 1
            && X509_sign(certificate, key.handle, EVP_sha256()) > 0
            && PEM_write_bio_X509(output, certificate) == 1
        var bytes: UnsafeMutablePointer<CChar>?
        let count = strongroom_bio_memory(output, &bytes)
        guard isMade, let bytes, count > 0 else { throw .libraryFailure(.keyEncoding) }
        return UnsafeBufferPointer(start: bytes, count: count).map { UInt8(bitPattern: $0) }
    }

    private func setSerialNumber(of certificate: OpaquePointer) -> Bool {
        var bytes = RandomSource.bytes(16)
        // Positive, and of full length (RFC 5280 section 4.1.2.2).
        bytes[0] = bytes[0] & 0x3F | 0x40
        guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else { return false }
        defer { BN_free(number) }
        return BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }

    private func setNames(of certificate: OpaquePointer, _ commonName: String) -> Bool {
        guard let name = X509_get_subject_name(certificate) else { return false }
        let text = Array(commonName.utf8)
        return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, Int32(text.count), -1, 0) == 1
            && X509_set_issuer_name(certificate, name) == 1
    }
}

/// `MBSTRING_UTF8`, a macro that Swift does not see.
private let MBSTRING_UTF8: Int32 = 0x1000
