package import Operations

/// Answers with the policy of a key as it was written.
///
/// Source: AWS KMS API Reference, GetKeyPolicy.
package enum GetKeyPolicy: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package static let name = "GetKeyPolicy"
    package static let action = "kms:GetKeyPolicy"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
        "KMSInvalidStateException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action, for: call)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> String {
        call.resource.key.policy.text
    }
}

// MARK: Wire

extension GetKeyPolicy {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .optional("PolicyName", .policyName),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try KeyPolicy.check(name: input.string("PolicyName"))
        return Request(key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call))
    }

    package static func encode(_ response: String, into output: inout OutputWriter) {
        output.string("Policy", response)
        output.string("PolicyName", KeyPolicy.name)
    }
}
