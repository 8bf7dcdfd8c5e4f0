import Cryptography
package import Operations

/// Makes a data key and answers with it in the clear and encrypted under a key.
///
/// Source: AWS KMS API Reference, GenerateDataKey.
package enum GenerateDataKey: ImmediateOperation {
    package typealias Service = KeyManagementService
    package typealias Request = DataKey.Request

    package static let name = "GenerateDataKey"
    package static let action = "kms:GenerateDataKey"
    package static let isReadOnly = true
    package static let errors = Encrypt.errors

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [DataKey.requirement(action, of: request, on: resources[0], for: call)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> DataKey {
        try kms.generateDataKey(call.request, under: call.resource, for: name, in: call.call)
    }
}

// MARK: Wire

extension GenerateDataKey {
    package static let input = DataKey.members + [.optional("Recipient", .recipient)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try input.refuseRecipient()
        return try Request(input, for: call)
    }

    package static func encode(_ response: DataKey, into output: inout OutputWriter) {
        output.blob("CiphertextBlob", response.ciphertext)
        output.blob("Plaintext", response.plaintext)
        output.string("KeyId", response.key)
        output.string("KeyMaterialId", response.material)
    }

    package static func auditDetail(of response: DataKey, into output: inout OutputWriter) {
        output.string("KeyMaterialId", response.material)
    }
}
