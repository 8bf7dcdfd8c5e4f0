import AWSProtocol
package import Cryptography

/// An access key at the only moment at which its secret can be read.
package struct IssuedAccessKey: Sendable {
    package let id: AccessKeyID
    package let owner: AccessKey.Owner
    /// Forty characters of base64.
    package let secret: Redacted<String>

    /// A fresh key with 240 bits from the system's random source.
    static func random(for owner: AccessKey.Owner) -> IssuedAccessKey {
        let entropy = SecretBytes(randomCount: 30)
        let secret = entropy.withUnsafeBytes { Base64.encode(Array($0)) }
        return IssuedAccessKey(id: .random(), owner: owner, secret: Redacted(secret))
    }
}

/// Wraps the secrets of access keys for the store.
enum AccessKeySecret {
    static func wrap(
        _ secret: Redacted<String>,
        of id: AccessKeyID,
        keyring: RootKeyring
    ) throws(CryptographyError) -> [UInt8] {
        try secret.exposingSecret { text throws(CryptographyError) in
            try KeyWrap(keyring: keyring, purpose: .credentials).seal(
                SecretBytes(copying: text.utf8),
                authenticating: authenticated(id)
            )
        }
    }

    /// The secret in the form that checks signatures.
    static func unwrap(_ key: AccessKey, keyring: RootKeyring) throws(CryptographyError) -> SecretAccessKey {
        let bytes = try KeyWrap(keyring: keyring, purpose: .credentials).open(
            key.wrappedSecret,
            authenticating: authenticated(key.id)
        )
        return bytes.withUnsafeBytes { SecretAccessKey($0) }
    }

    /// Binds a wrapped secret to its id.
    ///
    /// The store seals whole records under the same purpose, with data that
    /// begins with a length of four bytes, which this never equals.
    private static func authenticated(_ id: AccessKeyID) -> [UInt8] {
        Array("iam.access-key-secret".utf8) + [0] + Array(id.description.utf8)
    }
}
