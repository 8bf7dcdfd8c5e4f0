import Cryptography
package import Operations

/// Makes an asymmetric key pair and answers with both halves, the private one also encrypted.
///
/// Source: AWS KMS API Reference, GenerateDataKeyPair.
package enum GenerateDataKeyPair: ImmediateOperation {
    package typealias Service = KeyManagementService
    package typealias Request = GeneratedKeyPair.Request

    package static let name = "GenerateDataKeyPair"
    package static let action = "kms:GenerateDataKeyPair"
    package static let isReadOnly = true
    package static let errors = Encrypt.errors + ["UnsupportedOperationException"]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [GeneratedKeyPair.requirement(action, of: request, on: resources[0], for: call)]
    }

    package static func labour(of request: Request, on resources: [ResolvedKey]) -> Labour {
        request.spec.keySpec.generationLabour
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> GeneratedKeyPair {
        try kms.generateDataKeyPair(call.request, under: call.resource, for: name, in: call.call)
    }
}

// MARK: Wire

extension GenerateDataKeyPair {
    package static let input = GeneratedKeyPair.members + [.optional("Recipient", .recipient)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try input.refuseRecipient()
        return try Request(input, for: call)
    }

    package static func encode(_ response: GeneratedKeyPair, into output: inout OutputWriter) {
        output.blob("PrivateKeyPlaintext", response.privateKey)
        output.keyPair(response)
    }
}
