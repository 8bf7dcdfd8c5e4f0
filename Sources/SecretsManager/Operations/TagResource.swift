import Authorization
package import Operations

/// Adds tags to a secret, or changes the values of those it has.
///
/// Source: Secrets Manager API Reference, TagResource.
package enum TagResource: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let tags: [SecretTag]
    }

    package static let name = "TagResource"
    package static let action = "secretsmanager:TagResource"
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
        [resources[0].requirement(action, own: request.tags.requestCondition)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> NoOutput {
        let request = call.request
        try await secrets.changeTags(of: call.resource, action, for: call.call) {
            $0.merging(request.tags)
        } own: {
            request.tags.requestCondition($0)
        }
        return NoOutput()
    }
}

extension SecretsManagerService {
    /// Changes the tags of a secret, unless the caller would lose the permission to do so.
    ///
    /// Source: Secrets Manager API Reference, TagResource.
    func changeTags(
        of resolved: ResolvedSecret,
        _ action: String,
        for call: Call,
        _ body: ([SecretTag]) -> [SecretTag],
        own: @escaping @Sendable (ConditionKey) -> ConditionValues?
    ) async throws(SecretsManagerError) {
        try await change(resolved) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            let tags = body(change.secret.tags)
            guard tags != change.secret.tags else { return }
            guard tags.count <= SecretTag.perSecretMax else { throw .tooManyTags }
            change.secret.tags = tags
            let after = Requirement(
                action,
                on: resolved.protected,
                conditions: SecretConditions(change.secret, text: resolved.text, own: own),
                allowsOtherAccounts: true
            )
            guard after.isMet(by: call) else {
                throw .denied(
                    "You can't change the tags of secret \(resolved.arn): you would lose your permissions "
                        + "for it."
                )
            }
            change.secret.changedAt = call.storedNow
            change.updateReplicas()
        }
    }
}

// MARK: Wire

extension TagResource {
    package static let input: [Member] = [
        .required("SecretId", .secretID), .required("Tags", .secretTags),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(
            secret: try input.secretID(for: call),
            tags: try [SecretTag](input.structures("Tags") ?? [])
        )
    }
}
