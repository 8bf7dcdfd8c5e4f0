import Authorization
package import Operations

/// Replaces the policy of a key.
///
/// Source: AWS KMS API Reference, PutKeyPolicy.
package enum PutKeyPolicy: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let policy: String
        let bypassesLockoutCheck: Bool
    }

    package static let name = "PutKeyPolicy"
    package static let action = "kms:PutKeyPolicy"
    package static let isReadOnly = false
    package static let errors = [
        "NotFoundException", "InvalidArnException", "MalformedPolicyDocumentException",
        "DependencyTimeoutException", "UnsupportedOperationException", "KMSInternalException",
        "LimitExceededException", "KMSInvalidStateException",
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
                own: { [bypasses = request.bypassesLockoutCheck] in
                    $0.name == "kms:bypasspolicylockoutsafetycheck" ? .bool(bypasses) : nil
                }
            )
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        let request = call.request
        let policy = try await kms.checkedPolicy(
            request.policy,
            of: call.resource.arn,
            bypassingLockoutCheck: request.bypassesLockoutCheck,
            for: call.call
        )
        try await kms.change(call.resource) { key throws(KMSError) in key.policy = policy }
        return NoOutput()
    }
}

// MARK: Wire

extension PutKeyPolicy {
    package static let input: [Member] = [
        .required("KeyId", .keyID),
        .optional("PolicyName", .policyName),
        .required("Policy", .policy),
        .optional("BypassPolicyLockoutSafetyCheck", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try KeyPolicy.check(name: input.string("PolicyName"))
        return Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            policy: input.requiredString("Policy"),
            bypassesLockoutCheck: input.flag("BypassPolicyLockoutSafetyCheck")
        )
    }
}
