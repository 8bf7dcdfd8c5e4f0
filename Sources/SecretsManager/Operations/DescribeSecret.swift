package import Operations

/// Tells all of a secret but its values, also while it waits to be deleted.
///
/// Source: Secrets Manager API Reference, DescribeSecret.
package enum DescribeSecret: ImmediateOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
    }

    package static let name = "DescribeSecret"
    package static let action = "secretsmanager:DescribeSecret"
    package static let isReadOnly = true
    package static let errors = [
        "ResourceNotFoundException", "InternalServiceError", "InvalidParameterException",
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
        secrets.accesses.applied(to: call.resource.secret)
    }
}

// MARK: Wire

extension DescribeSecret {
    package static let input: [Member] = [.required("SecretId", .secretID)]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(secret: try input.secretID(for: call))
    }

    package static func encode(_ response: Secret, into output: inout OutputWriter) {
        output.metadata(of: response, versionsAs: "VersionIdsToStages")
        output.replicationStatus(response)
    }
}
