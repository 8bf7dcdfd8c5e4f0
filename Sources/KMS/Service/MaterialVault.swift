import Crypto
import Cryptography
import Foundation
import Operations
import Storage

/// Making, wrapping and unwrapping the backing material of keys.
extension KeyManagementService {
    /// Material for a new key, from the system's random source, and the public key where there is one.
    func generateMaterial(
        for key: Key,
        at now: Date
    ) async throws(KMSError) -> (material: KeyMaterial, publicKey: [UInt8]?) {
        if key.spec.isSymmetricEncryption { return (try generateSymmetricMaterial(for: key, at: now), nil) }
        do throws(CryptographyError) {
            if key.spec.isHMAC {
                let mac = try MACKey.generate(key.spec)
                return (try wrap(mac.serialized(), for: key, state: .current, at: now), nil)
            }
            let asymmetric = try await labour.run(key.spec.generationLabour) { () throws(CryptographyError) in
                try AsymmetricKey.generate(key.spec, .background)
            }
            let material = try wrap(try asymmetric.serialized(), for: key, state: .current, at: now)
            return (material, asymmetric.publicKeyDER)
        } catch {
            throw KMSError(error)
        }
    }

    /// Material for a symmetric encryption key, new or rotated, from the system's random source.
    func generateSymmetricMaterial(for key: Key, at now: Date) throws(KMSError) -> KeyMaterial {
        try cryptography { () throws(CryptographyError) in
            try wrap(SecretBytes(randomCount: 32), for: key, state: .current, at: now)
        }
    }

    /// Wraps given material for a key.
    func wrap(
        _ secret: consuming SecretBytes,
        for key: Key,
        state: KeyMaterial.State,
        at now: Date
    ) throws(CryptographyError) -> KeyMaterial {
        let id = materialID(of: secret, for: key)
        let wrapped = try KeyWrap(keyring: keyring, purpose: .material).seal(
            secret,
            authenticating: Self.authenticated(key, id)
        )
        return KeyMaterial(id: id, wrapped: wrapped, state: state, createdAt: now)
    }

    /// The id that a secret has as material of a key: the same for every replica of the key.
    func materialID(of secret: borrowing SecretBytes, for key: Key) -> KeyMaterialID {
        let identity = keyring.lastingDerivation(for: .materialIdentity)
        return secret.withUnsafeBytes {
            KeyMaterialID.derive(keyID: key.locator.id, material: $0, secret: identity)
        }
    }

    /// All material of a key that is present, ready for use.
    ///
    /// - Throws: `.internalFailure` when wrapped material was tampered with.
    func unwrapMaterials(of key: Key) throws(KMSError) -> UnwrappedMaterials {
        var unwrapped = UnwrappedMaterials()
        for material in key.materials {
            guard let wrapped = material.wrapped else { continue }
            do throws(CryptographyError) {
                let secret = try KeyWrap(keyring: keyring, purpose: .material).open(
                    wrapped,
                    authenticating: Self.authenticated(key, material.id)
                )
                if key.spec.isSymmetricEncryption {
                    let ready = secret.withUnsafeBytes { DerivationKey($0) }
                    unwrapped.symmetric[material.id] = SymmetricMaterial(material.id, ready)
                } else if key.spec.isHMAC {
                    unwrapped.mac = try secret.withUnsafeBytes { bytes throws(CryptographyError) in
                        try MACKey(spec: key.spec, serialized: bytes)
                    }
                } else {
                    unwrapped.asymmetric = try secret.withUnsafeBytes { bytes throws(CryptographyError) in
                        try AsymmetricKey(spec: key.spec, serialized: bytes)
                    }
                }
            } catch {
                throw .storage(.corrupted(.record(key.locator.recordKey)))
            }
        }
        return unwrapped
    }

    /// What binds wrapped material to its key and its id.
    ///
    /// The Region is not in it: replicas share material.
    private static func authenticated(_ key: Key, _ id: KeyMaterialID) -> [UInt8] {
        let byteCount = KeyUniqueID.textByteCount + 1 + KeyMaterialID.textByteCount
        return Array(unsafeUninitializedCapacity: byteCount) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            key.locator.id.write(to: base)
            base[KeyUniqueID.textByteCount] = 0
            id.write(to: base + KeyUniqueID.textByteCount + 1)
            count = byteCount
        }
    }
}

extension KMSError {
    /// A failure of the cryptography as the operation's error.
    init(_ error: CryptographyError) {
        switch error {
        case .invalidCiphertext: self = .invalidCiphertext
        case .unsupported: self = .unsupported(nil)
        default: self = .internalFailure
        }
    }
}
