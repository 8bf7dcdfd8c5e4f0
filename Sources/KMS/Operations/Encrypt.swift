import Authorization
import Cryptography
package import Operations

/// Encrypts up to 4,096 bytes under a key.
///
/// Source: AWS KMS API Reference, Encrypt.
package enum Encrypt: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let plaintext: [UInt8]
        let algorithm: EncryptionAlgorithm
        let context: EncryptionContext
        let options: CryptographicOptions
    }

    package struct Response: Sendable {
        let ciphertext: [UInt8]
        let key: String
        let algorithm: EncryptionAlgorithm
    }

    package static let name = "Encrypt"
    package static let action = "kms:Encrypt"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "DisabledException", "KeyUnavailableException", "DependencyTimeoutException",
        "InvalidKeyUsageException", "InvalidGrantTokenException", "KMSInternalException",
        "KMSInvalidStateException", "DryRunOperationException",
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
                own: EncryptionAlgorithm.condition(request.algorithm)
            )
        ]
    }

    package static func labour(of request: Request, on resources: [ResolvedKey]) -> Labour {
        resources[0].snapshot.spec.publicLabour
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let request = call.request
        let key = call.resource
        try key.require(.encryptDecrypt, for: name, at: call.call.now)
        guard let bytesMax = key.snapshot.spec.plaintextBytesMax(request.algorithm) else {
            throw .incompatible(algorithm: request.algorithm.rawValue, key.snapshot.spec)
        }
        guard request.plaintext.count <= bytesMax else {
            throw .validation(
                "Algorithm \(request.algorithm.rawValue) and key spec \(key.snapshot.spec.rawValue) "
                    + "cannot encrypt data larger than \(bytesMax) bytes."
            )
        }
        try kms.proceed(request.options)
        let ciphertext = try key.snapshot.encrypt(
            SecretBytes(copying: request.plaintext),
            request.algorithm,
            context: request.context
        )
        kms.noteUse(of: key, by: name, in: call.call)
        return Response(ciphertext: ciphertext, key: key.snapshot.arn, algorithm: request.algorithm)
    }
}

extension EncryptionAlgorithm {
    /// Answers `kms:EncryptionAlgorithm`.
    static func condition(_ algorithm: EncryptionAlgorithm) -> @Sendable (ConditionKey) -> ConditionValues? {
        { $0.name == "kms:encryptionalgorithm" ? .single(algorithm.rawValue) : nil }
    }
}

// MARK: Wire

extension Encrypt {
    package static let input: [Member] =
        [
            .required("KeyId", .keyID),
            .required("Plaintext", .plaintext),
            .optional("EncryptionContext", .map),
            .optional("EncryptionAlgorithm", .encryptionAlgorithm),
        ] + CryptographicOptions.members

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), for: call),
            plaintext: input.requiredBlob("Plaintext"),
            algorithm: input.enumeration("EncryptionAlgorithm") ?? .symmetricDefault,
            context: try input.encryptionContext(),
            options: CryptographicOptions(input)
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.blob("CiphertextBlob", response.ciphertext)
        output.string("KeyId", response.key)
        output.string("EncryptionAlgorithm", response.algorithm.rawValue)
    }
}
