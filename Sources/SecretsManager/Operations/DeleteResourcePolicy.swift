package import Operations

/// Takes the resource policy from a secret.
///
/// Source: Secrets Manager API Reference, DeleteResourcePolicy.
package enum DeleteResourcePolicy: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
    }

    package static let name = "DeleteResourcePolicy"
    package static let action = "secretsmanager:DeleteResourcePolicy"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "InternalServiceError", "InvalidRequestException",
        "InvalidParameterException",
    ]

    package static func references(in request: Request) -> [SecretReference] {
        [SecretReference(request.secret)]
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Secret {
        try await secrets.change(call.resource) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            guard change.secret.policy != nil else { return change.secret }
            change.secret.policy = nil
            change.secret.changedAt = call.call.storedNow
            change.updateReplicas()
            return change.secret
        }
    }
}

// MARK: Wire

extension DeleteResourcePolicy {
    package static let input: [Member] = [.required("SecretId", .secretID)]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(secret: try input.secretID(for: call))
    }

    package static func encode(_ response: Secret, into output: inout OutputWriter) {
        output.secret(response)
    }
}
