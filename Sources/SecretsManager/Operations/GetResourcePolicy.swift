package import Operations

/// Gives the resource policy of a secret.
///
/// Source: Secrets Manager API Reference, GetResourcePolicy.
package enum GetResourcePolicy: ImmediateOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
    }

    package static let name = "GetResourcePolicy"
    package static let action = "secretsmanager:GetResourcePolicy"
    package static let isReadOnly = true
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
    ) throws(SecretsManagerError) -> Secret {
        try call.resource.secret.requireNotDeleted()
        return call.resource.secret
    }
}

// MARK: Wire

extension GetResourcePolicy {
    package static let input: [Member] = [.required("SecretId", .secretID)]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(secret: try input.secretID(for: call))
    }

    package static func encode(_ response: Secret, into output: inout OutputWriter) {
        output.secret(response)
        output.string("ResourcePolicy", response.policy?.text)
    }
}
