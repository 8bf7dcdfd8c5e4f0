package import Cryptography

import struct Crypto.HKDF
import struct Crypto.HMAC
import struct Crypto.SHA256
import struct Crypto.SymmetricKey

/// A key with its material in memory; all it does is synchronous.
///
/// Immutable: a key store never changes a value. What needs a name is not here, the key does not know its own.
package final class KESKey: Sendable {
    /// Nil for the oldest stored keys, which do not say; they encrypt with AES256.
    package let algorithm: KeyAlgorithm?
    /// Nil for keys of before 2022, which do not say.
    package let createdAt: Moment?
    /// The identity of who made it; empty for old keys.
    package let createdBy: String
    let cipherKey: SplitNonceKey
    /// What the store holds for HMAC; nil for keys of before 2024.
    let storedMACKey: SharedSecret?
    private let macKey: SymmetricKey

    var material: SharedSecret { cipherKey.material }

    init(
        algorithm: KeyAlgorithm?,
        material: SharedSecret,
        macKey: SharedSecret?,
        createdAt: Moment?,
        createdBy: String
    ) {
        self.algorithm = algorithm
        cipherKey = SplitNonceKey(material)
        self.createdAt = createdAt
        self.createdBy = createdBy
        storedMACKey = macKey
        self.macKey = macKey?.withUnsafeBytes { SymmetricKey(data: $0) } ?? Self.derivedMACKey(of: material)
    }

    /// Makes a key of fresh random bytes.
    package static func fresh(_ algorithm: KeyAlgorithm, at moment: Moment, by creator: String) -> KESKey {
        of(SharedSecret(SecretBytes(randomCount: 32)), algorithm, at: moment, by: creator)
    }

    /// Makes a key of given bytes, which must be 32.
    package static func of(
        _ material: SharedSecret,
        _ algorithm: KeyAlgorithm,
        at moment: Moment,
        by creator: String
    ) -> KESKey {
        KESKey(
            algorithm: algorithm,
            material: material,
            macKey: SharedSecret(SecretBytes(randomCount: 32)),
            createdAt: moment,
            createdBy: creator
        )
    }

    /// Encrypts; the context is authenticated as it is.
    package func encrypt(_ plaintext: SharedSecret, context: [UInt8]) throws(KESError) -> [UInt8] {
        do throws(CryptographyError) {
            return try plaintext.withUnsafeBytes { plaintext throws(CryptographyError) in
                try CiphertextWriter.seal(plaintext, with: self, context: context)
            }
        } catch {
            throw .encryptionFailed
        }
    }

    /// Makes a data key of 32 random bytes and encrypts it.
    package func generate(context: [UInt8]) throws(KESError) -> GeneratedDataKey {
        let plaintext = SecretBytes(pooledRandomCount: 32)
        do throws(CryptographyError) {
            let ciphertext = try plaintext.withUnsafeBytes { plaintext throws(CryptographyError) in
                try CiphertextWriter.seal(plaintext, with: self, context: context)
            }
            return GeneratedDataKey(plaintext: plaintext, ciphertext: ciphertext)
        } catch {
            throw .generationFailed
        }
    }

    /// Decrypts a ciphertext of any generation since 2020; all failures are one.
    package func decrypt(_ ciphertext: [UInt8], context: [UInt8]) throws(KESError) -> SecretBytes {
        do throws(CryptographyError) {
            return try CiphertextReader.open(ciphertext, with: self, context: context)
        } catch {
            throw .decryptionFailed
        }
    }

    /// HMAC-SHA-256 of a message.
    ///
    /// Keys of before 2024 were stored without a key for this. Theirs is derived from the material, so that
    /// every server that opens the store finds the same.
    package func hmac(_ message: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: message, using: macKey))
    }

    private static func derivedMACKey(of material: SharedSecret) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: material.withUnsafeBytes { SymmetricKey(data: $0) },
            info: Array("strongroom kes hmac key".utf8),
            outputByteCount: 32
        )
    }
}

/// A data key, and itself encrypted.
package struct GeneratedDataKey: ~Copyable, Sendable {
    package let plaintext: SecretBytes
    package let ciphertext: [UInt8]
}
