import Authorization
import Cryptography
import Operations

/// An asymmetric data key pair with its private half encrypted.
package struct GeneratedKeyPair: Sendable {
    let spec: DataKeyPairSpec
    /// PKCS#8, DER.
    let privateKey: [UInt8]
    let privateKeyCiphertext: [UInt8]
    /// SubjectPublicKeyInfo, DER.
    let publicKey: [UInt8]
    let key: String
    /// The id of the material that the key is encrypted under.
    let material: String

    /// What GenerateDataKeyPair and its sister ask for.
    package struct Request: Sendable {
        let key: KeyReference
        let spec: DataKeyPairSpec
        let context: EncryptionContext
        let options: CryptographicOptions

        init(_ input: Input, for call: Call) throws(KMSError) {
            key = try KeyReference(input.requiredString("KeyId"), for: call)
            spec = input.requiredEnumeration("KeyPairSpec")
            context = try input.encryptionContext()
            options = CryptographicOptions(input)
        }
    }

    static let members: [Member] =
        [
            .optional("EncryptionContext", .map),
            .required("KeyId", .keyID),
            .required("KeyPairSpec", .dataKeyPairSpec),
        ] + CryptographicOptions.members

    /// The permission both operations need, by their own action.
    static func requirement(
        _ action: String,
        of request: Request,
        on key: ResolvedKey,
        for call: Call
    ) -> Requirement {
        let spec = request.spec
        return key.requirement(
            action,
            for: call,
            fromOtherAccounts: true,
            context: request.context,
            own: { condition in
                switch condition.name {
                case "kms:datakeypairspec": .single(spec.rawValue)
                case "kms:encryptionalgorithm": .single(EncryptionAlgorithm.symmetricDefault.rawValue)
                default: nil
                }
            }
        )
    }
}

extension KeyManagementService {
    /// Makes a key pair and encrypts its private half under a key.
    func generateDataKeyPair(
        _ request: GeneratedKeyPair.Request,
        under key: ResolvedKey,
        for operation: String,
        in call: Call
    ) throws(KMSError) -> GeneratedKeyPair {
        try requireSymmetric(key, for: operation, in: call)
        try proceed(request.options)
        let pair = try cryptography { () throws(CryptographyError) in
            try DataKeyPair.generate(request.spec, .background)
        }
        let material = try key.snapshot.currentSymmetricMaterial()
        let ciphertext = try key.snapshot.seal(
            pair.privateKey,
            under: material,
            context: request.context
        )
        noteUse(of: key, by: operation, in: call)
        return GeneratedKeyPair(
            spec: request.spec,
            privateKey: pair.privateKey.exposingSecret(),
            privateKeyCiphertext: ciphertext,
            publicKey: pair.publicKey,
            key: key.snapshot.arn,
            material: material.name
        )
    }
}

extension OutputWriter {
    /// The members that both operations answer with.
    mutating func keyPair(_ pair: GeneratedKeyPair) {
        blob("PrivateKeyCiphertextBlob", pair.privateKeyCiphertext)
        blob("PublicKey", pair.publicKey)
        string("KeyId", pair.key)
        string("KeyPairSpec", pair.spec.rawValue)
        string("KeyMaterialId", pair.material)
    }
}
