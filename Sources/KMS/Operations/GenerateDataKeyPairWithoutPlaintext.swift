import Cryptography
package import Operations

/// Makes an asymmetric key pair and answers with its private half only encrypted.
///
/// Source: AWS KMS API Reference, GenerateDataKeyPairWithoutPlaintext.
package enum GenerateDataKeyPairWithoutPlaintext: ImmediateOperation {
    package typealias Service = KeyManagementService
    package typealias Request = GeneratedKeyPair.Request

    package static let name = "GenerateDataKeyPairWithoutPlaintext"
    package static let action = "kms:GenerateDataKeyPairWithoutPlaintext"
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

extension GenerateDataKeyPairWithoutPlaintext {
    package static let input = GeneratedKeyPair.members

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try Request(input, for: call)
    }

    package static func encode(_ response: GeneratedKeyPair, into output: inout OutputWriter) {
        output.keyPair(response)
    }
}
