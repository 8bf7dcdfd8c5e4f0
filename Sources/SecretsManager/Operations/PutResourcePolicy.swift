import Authorization
package import Operations

/// Attaches a resource policy to a secret, in place of the one it has.
///
/// Source: Secrets Manager API Reference, PutResourcePolicy.
package enum PutResourcePolicy: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let policy: String
        let blocksPublicPolicy: Bool
    }

    package static let name = "PutResourcePolicy"
    package static let action = "secretsmanager:PutResourcePolicy"
    package static let isReadOnly = false
    package static let errors = [
        "MalformedPolicyDocumentException", "ResourceNotFoundException", "InvalidParameterException",
        "InternalServiceError", "InvalidRequestException", "PublicPolicyException",
    ]

    package static func references(in request: Request) -> [SecretReference] {
        [SecretReference(request.secret)]
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(action) { condition in
                condition.name == "secretsmanager:blockpublicpolicy"
                    ? .bool(request.blocksPublicPolicy) : nil
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Secret {
        try call.resource.secret.requireChangeable()
        let policy = try await secrets.checkedPolicy(call.request.policy)
        if call.request.blocksPublicPolicy, try policy.compiled().allowsEveryone { throw .publicPolicy }
        return try await secrets.change(call.resource) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            change.secret.policy = policy
            change.secret.changedAt = call.call.storedNow
            change.updateReplicas()
            return change.secret
        }
    }
}

// MARK: Wire

extension PutResourcePolicy {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .required("ResourcePolicy", .resourcePolicy),
        .optional("BlockPublicPolicy", .boolean),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(
            secret: try input.secretID(for: call),
            policy: input.requiredString("ResourcePolicy"),
            blocksPublicPolicy: input.flag("BlockPublicPolicy")
        )
    }

    package static func encode(_ response: Secret, into output: inout OutputWriter) {
        output.secret(response)
    }
}
