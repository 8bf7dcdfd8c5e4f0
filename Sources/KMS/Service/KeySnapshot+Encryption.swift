import Crypto
import Cryptography
import Foundation

/// Encryption and decryption with the material of a snapshot.
extension KeySnapshot {
    /// A ciphertext of the plaintext, by the algorithm asked for.
    ///
    /// - Throws: `.incompatible` when the key has no such algorithm, `.validation` when the plaintext is too
    ///   long for it or a context was given that it cannot hold.
    func encrypt(
        _ plaintext: borrowing SecretBytes,
        _ algorithm: EncryptionAlgorithm,
        context: EncryptionContext
    ) throws(KMSError) -> [UInt8] {
        guard spec.encryptionAlgorithms.contains(algorithm) else {
            throw .incompatible(algorithm: algorithm.rawValue, spec)
        }
        if algorithm == .symmetricDefault {
            return try seal(plaintext, under: try currentSymmetricMaterial(), context: context)
        }
        guard context.isEmpty else {
            throw .validation("An encryption context cannot be used with an asymmetric KMS key.")
        }
        guard let asymmetric else { throw .pendingImport(key.arn) }
        do throws(CryptographyError) {
            return try plaintext.withUnsafeBytes { bytes throws(CryptographyError) in
                try asymmetric.encrypt(bytes, algorithm: algorithm)
            }
        } catch {
            throw KMSError(error)
        }
    }

    /// The plaintext of a ciphertext made by `encrypt`, or by anyone with the public key.
    ///
    /// - Throws: `.invalidCiphertext` for every cause that lies in ciphertext or context.
    func decrypt(
        _ ciphertext: [UInt8],
        _ algorithm: EncryptionAlgorithm,
        context: EncryptionContext
    ) throws(KMSError) -> (plaintext: [UInt8], material: String?) {
        guard spec.encryptionAlgorithms.contains(algorithm) else {
            throw .incompatible(algorithm: algorithm.rawValue, spec)
        }
        if algorithm == .symmetricDefault { return try open(ciphertext, context: context) }
        guard let asymmetric else { throw .pendingImport(key.arn) }
        do throws(CryptographyError) {
            let plaintext = try asymmetric.decrypt(ciphertext, algorithm: algorithm)
            return (plaintext.exposingSecret(), nil)
        } catch {
            throw KMSError(error)
        }
    }

    /// A symmetric ciphertext under a material of the key.
    func seal(
        _ plaintext: borrowing SecretBytes,
        under material: SymmetricMaterial,
        context: EncryptionContext
    ) throws(KMSError) -> [UInt8] {
        do throws(CryptographyError) {
            return try plaintext.withUnsafeBytes { bytes throws(CryptographyError) in
                try CiphertextBlob.seal(
                    bytes,
                    keyID: locator.id,
                    materialID: material.id,
                    key: material.key,
                    context: context
                )
            }
        } catch {
            throw KMSError(error)
        }
    }

    private func open(
        _ ciphertext: [UInt8],
        context: EncryptionContext
    ) throws(KMSError) -> (plaintext: [UInt8], material: String?) {
        guard let blob = CiphertextBlob.parse(ciphertext), blob.keyID == locator.id,
            let material = symmetricMaterial(blob.materialID)
        else { throw .invalidCiphertext }
        do throws(CryptographyError) {
            let plaintext = try blob.open(with: material.key, context: context)
            return (plaintext.exposingSecret(), material.name)
        } catch {
            throw KMSError(error)
        }
    }
}

extension SecretBytes {
    /// The secret as plain bytes, for the answer of the one call that asked for it.
    func exposingSecret() -> [UInt8] {
        withUnsafeBytes { Array($0) }
    }
}
