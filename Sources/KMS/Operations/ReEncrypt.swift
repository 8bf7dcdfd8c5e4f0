import AWSProtocol
import Authorization
import Cryptography
package import Operations

/// Decrypts a ciphertext and encrypts the plaintext under another key, or another context, without showing it.
///
/// Needs two permissions: `kms:ReEncryptFrom` on the source key, `kms:ReEncryptTo` on the destination.
/// Source: AWS KMS API Reference, ReEncrypt.
package enum ReEncrypt: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let source: Side
        let ciphertext: [UInt8]?
        /// Whether the caller named the source key.
        let namesSource: Bool
        let destination: Side
        let options: CryptographicOptions

        struct Side: Sendable {
            let key: KeyReference
            let algorithm: EncryptionAlgorithm
            let context: EncryptionContext
        }
    }

    package struct Response: Sendable {
        let ciphertext: [UInt8]
        let source: (key: String, algorithm: EncryptionAlgorithm, material: String?)
        let destination: (key: String, algorithm: EncryptionAlgorithm, material: String?)
    }

    package static let name = "ReEncrypt"
    package static let action = "kms:ReEncryptFrom"
    package static let isReadOnly = true
    package static let errors = Decrypt.errors

    package static func references(in request: Request) -> [KeyReference] {
        [request.source.key, request.destination.key]
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        let isSameKey = resources[0].arn == resources[1].arn
        return [
            resources[0].requirement(
                "kms:ReEncryptFrom",
                for: call,
                fromOtherAccounts: true,
                context: request.source.context,
                concealingDenial: request.namesSource ? nil : KMSError.unknownCiphertextKey.wire.message,
                own: conditions(of: request.source, isSameKey: isSameKey)
            ),
            resources[1].requirement(
                "kms:ReEncryptTo",
                for: call,
                fromOtherAccounts: true,
                context: request.destination.context,
                own: conditions(of: request.destination, isSameKey: isSameKey)
            ),
        ]
    }

    private static func conditions(
        of side: Request.Side,
        isSameKey: Bool
    ) -> @Sendable (ConditionKey) -> ConditionValues? {
        let algorithm = side.algorithm
        return { condition in
            switch condition.name {
            case "kms:encryptionalgorithm": .single(algorithm.rawValue)
            case "kms:reencryptonsamekey": .bool(isSameKey)
            default: nil
            }
        }
    }

    package static func labour(of request: Request, on resources: [ResolvedKey]) -> Labour {
        resources.contains { $0.snapshot.spec.labour != .brief } ? .long : .brief
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let request = call.request
        let (source, destination) = (call.resources[0], call.resources[1])
        if let ciphertext = request.ciphertext {
            try CiphertextSource.requireMatch(of: ciphertext, request.source.algorithm, with: source)
        }
        try source.require(.encryptDecrypt, for: name, at: call.call.now)
        try destination.require(.encryptDecrypt, for: name, at: call.call.now)
        guard let ciphertext = request.ciphertext else {
            try kms.proceed(request.options)
            throw .dryRun
        }
        let (plaintext, material) = try source.snapshot.decrypt(
            ciphertext,
            request.source.algorithm,
            context: request.source.context
        )
        try kms.proceed(request.options)
        let reEncrypted = try destination.snapshot.encrypt(
            SecretBytes(copying: plaintext),
            request.destination.algorithm,
            context: request.destination.context
        )
        kms.noteUse(of: source, by: name, in: call.call)
        kms.noteUse(of: destination, by: name, in: call.call)
        let target = destination.snapshot
        let newMaterial = target.spec.isSymmetricEncryption ? try target.currentSymmetricMaterial() : nil
        return Response(
            ciphertext: reEncrypted,
            source: (source.snapshot.arn, request.source.algorithm, material),
            destination: (target.arn, request.destination.algorithm, newMaterial?.name)
        )
    }
}

// MARK: Wire

extension ReEncrypt {
    package static let input: [Member] =
        [
            .optional("CiphertextBlob", .ciphertext),
            .optional("SourceEncryptionContext", .map),
            .optional("SourceKeyId", .keyID),
            .required("DestinationKeyId", .keyID),
            .optional("DestinationEncryptionContext", .map),
            .optional("SourceEncryptionAlgorithm", .encryptionAlgorithm),
            .optional("DestinationEncryptionAlgorithm", .encryptionAlgorithm),
            .optional("DryRunModifiers", .dryRunModifiers),
        ] + CryptographicOptions.members

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let algorithm: EncryptionAlgorithm =
            input.enumeration("SourceEncryptionAlgorithm") ?? .symmetricDefault
        let source = try CiphertextSource(
            ciphertext: input.blob("CiphertextBlob"),
            key: input.string("SourceKeyId"),
            keyMember: "sourceKeyId",
            algorithm,
            ignoringCiphertext: input.strings("DryRunModifiers"),
            isDryRun: input.flag("DryRun"),
            for: call
        )
        return Request(
            source: Request.Side(
                key: source.key,
                algorithm: algorithm,
                context: try input.encryptionContext("SourceEncryptionContext")
            ),
            ciphertext: source.ciphertext,
            namesSource: source.namedKey != nil,
            destination: Request.Side(
                key: try KeyReference(input.requiredString("DestinationKeyId"), for: call),
                algorithm: input.enumeration("DestinationEncryptionAlgorithm") ?? .symmetricDefault,
                context: try input.encryptionContext("DestinationEncryptionContext")
            ),
            options: CryptographicOptions(input)
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.blob("CiphertextBlob", response.ciphertext)
        output.string("SourceKeyId", response.source.key)
        output.string("KeyId", response.destination.key)
        output.string("SourceEncryptionAlgorithm", response.source.algorithm.rawValue)
        output.string("DestinationEncryptionAlgorithm", response.destination.algorithm.rawValue)
        output.string("SourceKeyMaterialId", response.source.material)
        output.string("DestinationKeyMaterialId", response.destination.material)
    }
}
