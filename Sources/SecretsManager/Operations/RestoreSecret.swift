package import Operations

/// Takes back the deletion of a secret that still waits for it.
///
/// Source: Secrets Manager API Reference, RestoreSecret.
package enum RestoreSecret: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
    }

    package static let name = "RestoreSecret"
    package static let action = "secretsmanager:RestoreSecret"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException",
        "InternalServiceError",
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
            change.secret.deletion = nil
            return change.secret
        }
    }
}

// MARK: Wire

extension RestoreSecret {
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
