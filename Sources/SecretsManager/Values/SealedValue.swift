import Cryptography
package import Storage

/// The value of a version as it is kept: encrypted under a data key of its own, which a KMS key wraps.
///
/// Source: Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager".
package struct SealedValue: Hashable, Sendable, Codable {
    package let kind: SecretValue.Kind
    /// The data key as KMS encrypted it.
    @StoredBytes package var wrappedKey: [UInt8]?
    @StoredBytes package var ciphertext: [UInt8]?

    /// Encrypts a value under a data key that is used for nothing else.
    init(
        _ value: SecretValue,
        of version: String,
        under dataKey: [UInt8],
        wrapped: [UInt8]
    ) throws(SecretsManagerError) {
        kind = value.kind
        wrappedKey = wrapped
        let authenticated = Self.authenticated(value.kind, version)
        do throws(CryptographyError) {
            ciphertext = try value.exposingSecret { bytes throws(CryptographyError) in
                try AuthenticatedBox.seal(bytes, key: dataKey, authenticating: authenticated)
            }
        } catch {
            throw .internalFailure
        }
    }

    /// The value.
    ///
    /// - Throws: `.decryptionFailure` when the data key is not this value's.
    func open(of version: String, under dataKey: [UInt8]) throws(SecretsManagerError) -> SecretValue {
        guard let ciphertext else { throw .decryptionFailure }
        do throws(CryptographyError) {
            return SecretValue(
                kind,
                try AuthenticatedBox.open(
                    ciphertext,
                    key: dataKey,
                    authenticating: Self.authenticated(kind, version)
                )
            )
        } catch {
            throw .decryptionFailure
        }
    }

    /// The id of the KMS key that wrapped the data key.
    var keyID: KeyUniqueID? { wrappedKey.flatMap { CiphertextBlob.parse($0)?.keyID } }

    /// Bytes in memory, for the bound of the cache.
    var byteCount: Int { (ciphertext?.count ?? 0) + (wrappedKey?.count ?? 0) }

    /// What binds a value to its version and kind; the secret's ARN is in the context of the data key.
    private static func authenticated(_ kind: SecretValue.Kind, _ version: String) -> [UInt8] {
        Array(kind.rawValue.utf8) + [0] + Array(version.utf8)
    }
}
