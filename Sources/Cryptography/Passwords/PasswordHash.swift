import CSodium

/// A password as it is kept: Argon2id with a salt of its own, its cost beside it.
///
/// Made by libsodium's `crypto_pwhash_str` with its interactive limits: two passes over 64 MiB, some 100 ms of a
/// thread, so it belongs on no event loop. Source: RFC 9106; libsodium documentation, "Password hashing".
package struct PasswordHash: Hashable, Sendable, Codable {
    /// The encoded form, which names algorithm, cost and salt.
    private let encoded: String

    /// Hashes a password.
    ///
    /// - Throws: When the memory it takes cannot be had.
    package init(of password: borrowing SecretBytes) throws(CryptographyError) {
        guard sodium_init() >= 0 else { throw .libraryFailure(.keyDerivation) }
        var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let status: Int32 = password.withUnsafeBytes { bytes in
            guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return -1 }
            return crypto_pwhash_str(
                &text,
                start,
                UInt64(bytes.count),
                UInt64(crypto_pwhash_OPSLIMIT_INTERACTIVE),
                Int(crypto_pwhash_MEMLIMIT_INTERACTIVE)
            )
        }
        guard status == 0 else { throw .libraryFailure(.keyDerivation) }
        encoded = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether a password is the one that was hashed; takes as long for one that is not.
    package func matches(_ password: borrowing SecretBytes) -> Bool {
        guard sodium_init() >= 0 else { return false }
        return password.withUnsafeBytes { bytes in
            guard let start = bytes.bindMemory(to: CChar.self).baseAddress else { return false }
            return crypto_pwhash_str_verify(encoded, start, UInt64(bytes.count)) == 0
        }
    }
}

extension PasswordHash: CustomStringConvertible {
    package var description: String { "<password hash>" }
}
