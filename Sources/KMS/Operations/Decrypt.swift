import AWSProtocol
import Cryptography
package import Operations

/// Decrypts a ciphertext; a symmetric one names its key itself.
///
/// A ciphertext whose key does not exist and one whose key the caller may not use are answered alike.
/// Source: AWS KMS API Reference, Decrypt.
package enum Decrypt: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        /// Nil only in a dry run that ignores the ciphertext.
        let ciphertext: [UInt8]?
        /// The key the caller named, if any.
        let namedKey: KeyReference?
        /// The key to decrypt with: the named one, or the one the ciphertext names.
        let key: KeyReference
        let algorithm: EncryptionAlgorithm
        let context: EncryptionContext
        let options: CryptographicOptions
    }

    package struct Response: Sendable {
        package let plaintext: [UInt8]
        let key: String
        let algorithm: EncryptionAlgorithm
        /// The id of the material that the ciphertext named; nil for an asymmetric key.
        let material: String?
    }

    package static let name = "Decrypt"
    package static let action = "kms:Decrypt"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "DisabledException", "InvalidCiphertextException", "KeyUnavailableException",
        "IncorrectKeyException", "InvalidKeyUsageException", "DependencyTimeoutException",
        "InvalidGrantTokenException", "KMSInternalException", "KMSInvalidStateException",
        "DryRunOperationException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(
                action,
                for: call,
                fromOtherAccounts: true,
                context: request.context,
                concealingDenial: request.namedKey == nil ? KMSError.unknownCiphertextKey.wire.message : nil,
                own: EncryptionAlgorithm.condition(request.algorithm)
            )
        ]
    }

    package static func labour(of request: Request, on resources: [ResolvedKey]) -> Labour {
        resources.contains { $0.snapshot.spec.labour != .brief } ? .long : .brief
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let request = call.request
        let key = call.resource
        if let ciphertext = request.ciphertext {
            try CiphertextSource.requireMatch(of: ciphertext, request.algorithm, with: key)
        }
        try key.require(.encryptDecrypt, for: name, at: call.call.now)
        guard let ciphertext = request.ciphertext else {
            try kms.proceed(request.options)
            throw .dryRun
        }
        let (plaintext, material) = try key.snapshot.decrypt(
            ciphertext,
            request.algorithm,
            context: request.context
        )
        try kms.proceed(request.options)
        kms.noteUse(of: key, by: name, in: call.call)
        return Response(
            plaintext: plaintext,
            key: key.snapshot.arn,
            algorithm: request.algorithm,
            material: material
        )
    }
}

// MARK: Wire

extension Decrypt {
    package static let input: [Member] =
        [
            .optional("CiphertextBlob", .ciphertext),
            .optional("EncryptionContext", .map),
            .optional("KeyId", .keyID),
            .optional("EncryptionAlgorithm", .encryptionAlgorithm),
            .optional("Recipient", .recipient),
            .optional("DryRunModifiers", .dryRunModifiers),
        ] + CryptographicOptions.members

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try input.refuseRecipient()
        let algorithm: EncryptionAlgorithm = input.enumeration("EncryptionAlgorithm") ?? .symmetricDefault
        let source = try CiphertextSource(
            ciphertext: input.blob("CiphertextBlob"),
            key: input.string("KeyId"),
            keyMember: "keyId",
            algorithm,
            ignoringCiphertext: input.strings("DryRunModifiers"),
            isDryRun: input.flag("DryRun"),
            for: call
        )
        return Request(
            ciphertext: source.ciphertext,
            namedKey: source.namedKey,
            key: source.key,
            algorithm: algorithm,
            context: try input.encryptionContext(),
            options: CryptographicOptions(input)
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key)
        output.blob("Plaintext", response.plaintext)
        output.string("EncryptionAlgorithm", response.algorithm.rawValue)
        output.string("KeyMaterialId", response.material)
    }

    package static func auditDetail(of response: Response, into output: inout OutputWriter) {
        output.string("KeyMaterialId", response.material)
    }
}
