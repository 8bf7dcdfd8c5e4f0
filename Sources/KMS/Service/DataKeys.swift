import Cryptography
import Operations

/// A symmetric data key as GenerateDataKey and GenerateDataKeyWithoutPlaintext make it.
package struct DataKey: Sendable {
    package let plaintext: [UInt8]
    package let ciphertext: [UInt8]
    let key: String
    /// The id of the material that the key is encrypted under.
    let material: String

    /// What the two operations ask for.
    package struct Request: Sendable {
        let key: KeyReference
        let byteCount: Int
        let context: EncryptionContext
        let options: CryptographicOptions

        init(_ input: Input, for call: Call) throws(KMSError) {
            key = try KeyReference(input.requiredString("KeyId"), for: call)
            let spec: DataKeySpec? = input.enumeration("KeySpec")
            switch (spec, input.integer("NumberOfBytes")) {
            case (let spec?, nil): byteCount = spec.byteCount
            case (nil, let count?): byteCount = count
            default: throw .validation("Please specify either number of bytes or key spec.")
            }
            context = try input.encryptionContext()
            options = CryptographicOptions(input)
        }
    }

    static let members: [Member] =
        [
            .required("KeyId", .keyID),
            .optional("EncryptionContext", .map),
            .optional("NumberOfBytes", .numberOfBytes),
            .optional("KeySpec", .dataKeySpec),
        ] + CryptographicOptions.members

    /// The permission both operations need, by their own action.
    static func requirement(
        _ action: String,
        of request: Request,
        on key: ResolvedKey,
        for call: Call
    ) -> Requirement {
        key.requirement(
            action,
            for: call,
            fromOtherAccounts: true,
            context: request.context,
            own: EncryptionAlgorithm.condition(.symmetricDefault)
        )
    }
}

extension KeyManagementService {
    /// Makes a data key and encrypts it under a key.
    func generateDataKey(
        _ request: DataKey.Request,
        under key: ResolvedKey,
        for operation: String,
        in call: Call
    ) throws(KMSError) -> DataKey {
        try requireSymmetric(key, for: operation, in: call)
        try proceed(request.options)
        let secret = SecretBytes(pooledRandomCount: request.byteCount)
        let material = try key.snapshot.currentSymmetricMaterial()
        let ciphertext = try key.snapshot.seal(secret, under: material, context: request.context)
        noteUse(of: key, by: operation, in: call)
        return DataKey(
            plaintext: secret.exposingSecret(),
            ciphertext: ciphertext,
            key: key.snapshot.arn,
            material: material.name
        )
    }

    /// Data keys are made under symmetric keys alone.
    func requireSymmetric(
        _ key: ResolvedKey,
        for operation: String,
        in call: Call
    ) throws(KMSError) {
        guard key.snapshot.usage != .encryptDecrypt || key.snapshot.spec.isSymmetricEncryption else {
            throw .asymmetricDataKey
        }
        try key.require(.encryptDecrypt, for: operation, at: call.now)
    }
}
