@testable import Cryptography

/// Keys from outside, in DER: public keys, private keys, wrapped material, signatures, peers.
///
/// What is taken is written in one form, which is taken again; a private key that passes the checks of import
/// signs what its public half verifies.
enum DERTarget {
    static let target = FuzzTarget(name: "der", bytesMax: 3_000, run: run) {
        var seeds: [FuzzTarget.Seed] = []
        for (index, spec) in KeySpec.allCases.enumerated() where isSeed(spec) {
            let key = generate(spec)
            let privateKey = certain { () throws(CryptographyError) in
                try key.serialized().withUnsafeBytes { Array($0) }
            }
            seeds.append(("public-\(spec.rawValue)", [0, UInt8(index)] + key.publicKeyDER))
            seeds.append(("private-\(spec.rawValue)", [1, UInt8(index)] + privateKey))
        }
        seeds.append(("wrapped", [2, 0] + [UInt8](repeating: 5, count: 40)))
        seeds.append(("wrapped-rsa", [3, 0] + [UInt8](repeating: 1, count: 300)))
        seeds.append(("signature", [4, 0] + signature))
        seeds.append(("peer", [5, 0] + agreement.publicKeyDER))
        return seeds
    }

    /// Larger RSA keys differ in nothing but their length.
    private static func isSeed(_ spec: KeySpec) -> Bool {
        spec.isSupported && !spec.signingAlgorithms.isEmpty && spec != .rsa3072 && spec != .rsa4096
    }

    private static let agreement = generate(.nistP256)
    private static let wrapping = certain { () throws(CryptographyError) in
        try WrappingKeyPair.generate(.rsa2048)
    }
    private static let message = Array("a message".utf8)
    private static let signer = generate(.nistP256)
    private static let signature = certain { () throws(CryptographyError) in
        try signer.sign(message, type: .raw, algorithm: .ecdsaSHA256)
    }

    private static func generate(_ spec: KeySpec) -> AsymmetricKey {
        certain { () throws(CryptographyError) in try AsymmetricKey.generate(spec) }
    }

    static func run(_ input: [UInt8]) {
        var reader = FuzzInput(input)
        let kind = reader.byte() % 6
        let specs = KeySpec.allCases
        let spec = specs[Int(reader.byte()) % specs.count]
        let bytes = reader.remainder()
        switch kind {
        case 0: publicKey(spec, bytes)
        case 1: privateKey(spec, bytes)
        case 2: wrapped(bytes)
        case 3: wrappedByRSA(bytes)
        case 4: foreignSignature(bytes)
        default: peer(bytes)
        }
    }

    private static func publicKey(_ spec: KeySpec, _ der: [UInt8]) {
        let key = accepted { () throws(CryptographyError) in
            try AsymmetricPublicKey(spec: spec, subjectPublicKeyInfo: der)
        }
        guard let key else { return }
        let again = certain { () throws(CryptographyError) in
            try AsymmetricPublicKey(spec: spec, subjectPublicKeyInfo: key.der)
        }
        promise(again.der == key.der, "a public key's own form is read as another key")
        for algorithm in spec.signingAlgorithms.prefix(1) {
            let isValid = accepted { () throws(CryptographyError) in
                try key.verify(signature: signature, of: message, type: .raw, algorithm: algorithm)
            }
            promise(isValid != true || der == signer.publicKeyDER, "a foreign key verifies a signature")
        }
        guard let algorithm = spec.encryptionAlgorithms.first else { return }
        _ = message.withUnsafeBytes { bytes in
            accepted { () throws(CryptographyError) in try key.encrypt(bytes, algorithm: algorithm) }
        }
    }

    private static func privateKey(_ spec: KeySpec, _ der: [UInt8]) {
        let storage: [UInt8]
        do throws(CryptographyError) {
            let material = try ImportedMaterial.checked(SecretBytes(copying: der), for: spec)
            storage = material.withUnsafeBytes { Array($0) }
        } catch {
            return
        }
        guard let algorithm = spec.signingAlgorithms.first else { return }
        do throws(CryptographyError) {
            let key = try storage.withBytes { bytes throws(CryptographyError) in
                try AsymmetricKey(spec: spec, serialized: bytes)
            }
            let again = try key.serialized().withUnsafeBytes { Array($0) }
            promise(again == storage, "imported material has two storage forms")
            let signature = try key.sign(message, type: .raw, algorithm: algorithm)
            let isValid = try key.publicKey.verify(
                signature: signature,
                of: message,
                type: .raw,
                algorithm: algorithm
            )
            promise(
                isValid,
                "an imported \(spec.rawValue) key signs what its public half does not verify"
            )
        } catch {
            broken("an imported \(spec.rawValue) key passed the checks and cannot be used: \(error)")
        }
    }

    private static func wrapped(_ bytes: [UInt8]) {
        do throws(CryptographyError) {
            let key = SecretBytes(copying: [UInt8](repeating: 8, count: 32))
            let opened = try AESKeyWrap.unwrap(bytes, with: key)
            promise(opened.count < bytes.count, "unwrapped material is longer than it was wrapped")
        } catch {
            promise(error == .invalidCiphertext, "wrapped material is refused by \(error)")
        }
    }

    private static func wrappedByRSA(_ bytes: [UInt8]) {
        for algorithm in [WrappingAlgorithm.rsaesOAEPSHA256, .rsaAESKeyWrapSHA256] {
            do throws(CryptographyError) {
                _ = try wrapping.unwrap(bytes, algorithm: algorithm).count
                broken("material that nobody wrapped is unwrapped")
            } catch {
                promise(error == .invalidCiphertext, "wrapped material is refused by \(error)")
            }
        }
    }

    private static func foreignSignature(_ bytes: [UInt8]) {
        let isValid = certain { () throws(CryptographyError) in
            try signer.verify(signature: bytes, of: message, type: .raw, algorithm: .ecdsaSHA256)
        }
        promise(!isValid || bytes.count <= 72, "a signature with more than its two numbers is valid")
    }

    private static func peer(_ der: [UInt8]) {
        do throws(CryptographyError) {
            let secret = try agreement.sharedSecret(withPeer: der)
            promise(secret.count == 32, "a shared secret has another length than the curve's")
        } catch {
            promise(error == .invalidPublicKey, "a peer is refused by \(error)")
        }
    }
}
