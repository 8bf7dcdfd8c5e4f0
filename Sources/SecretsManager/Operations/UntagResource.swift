import Authorization
package import Operations

/// Takes tags from a secret; those it does not have are passed over.
///
/// Source: Secrets Manager API Reference, UntagResource.
package enum UntagResource: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let keys: [String]
    }

    package static let name = "UntagResource"
    package static let action = "secretsmanager:UntagResource"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "InvalidRequestException", "InvalidParameterException",
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
        [resources[0].requirement(action) { Self.condition($0, request.keys) }]
    }

    private static func condition(_ key: ConditionKey, _ tags: [String]) -> ConditionValues? {
        key.global == .tagKeys ? .multiple(tags) : nil
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> NoOutput {
        let keys = call.request.keys
        try await secrets.changeTags(of: call.resource, action, for: call.call) { tags in
            tags.filter { !keys.contains($0.key) }
        } own: {
            condition($0, keys)
        }
        return NoOutput()
    }
}

// MARK: Wire

extension UntagResource {
    package static let input: [Member] = [
        .required("SecretId", .secretID), .required("TagKeys", .list(.tagKey)),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(secret: try input.secretID(for: call), keys: input.strings("TagKeys") ?? [])
    }
}
