import Authorization
package import Operations

/// Moves a staging label from one version to another, or takes it away.
///
/// Source: Secrets Manager API Reference, UpdateSecretVersionStage.
package enum UpdateSecretVersionStage: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let stage: String
        let from: String?
        let to: String?
    }

    package static let name = "UpdateSecretVersionStage"
    package static let action = "secretsmanager:UpdateSecretVersionStage"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException",
        "LimitExceededException", "InternalServiceError",
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
                condition.name == "secretsmanager:versionstage" ? .single(request.stage) : nil
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Secret {
        let request = call.request
        return try await secrets.change(call.resource) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            try change.secret.relabel(request.stage, from: request.from, to: request.to)
            try change.abandonOvertakenRotation(at: call.call.storedNow)
            change.secret.changedAt = call.call.storedNow
            try change.secret.collectVersions(at: call.call.storedNow)
            change.updateReplicas()
            return change.secret
        }
    }
}

extension Secret {
    /// Moves or removes a label as a caller asks for it, who must say where it lies.
    mutating func relabel(_ stage: String, from: String?, to: String?) throws(SecretsManagerError) {
        let holder = version(labelled: stage)?.id
        for id in [from, to].compactMap(\.self) where version(id) == nil { throw .valueNotFound(.id(id)) }
        guard let to else {
            guard let from else {
                throw .invalidParameter("You must specify RemoveFromVersionId or MoveToVersionId.")
            }
            guard stage != Stage.current else {
                throw .invalidParameter(
                    "You can only move staging label \(stage) to a different secret version. It can't be "
                        + "completely removed."
                )
            }
            guard holder == from else { throw Self.notAttached(stage, from) }
            return remove(stage)
        }
        guard holder != to else { return }
        if let holder, from == nil {
            throw .invalidParameter(
                "The parameter RemoveFromVersionId can't be empty. Staging label \(stage) is currently "
                    + "attached to version \(holder), so you must explicitly reference that version in "
                    + "RemoveFromVersionId."
            )
        }
        if let from, from != holder { throw Self.notAttached(stage, from) }
        try move(stage, to: to)
    }

    private static func notAttached(_ stage: String, _ id: String) -> SecretsManagerError {
        .invalidParameter("Staging label \(stage) is not currently attached to version \(id).")
    }
}

// MARK: Wire

extension UpdateSecretVersionStage {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .required("VersionStage", .versionStage),
        .optional("RemoveFromVersionId", .versionID),
        .optional("MoveToVersionId", .versionID),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(
            secret: try input.secretID(for: call),
            stage: input.requiredString("VersionStage"),
            from: input.string("RemoveFromVersionId"),
            to: input.string("MoveToVersionId")
        )
    }

    package static func encode(_ response: Secret, into output: inout OutputWriter) {
        output.secret(response)
    }
}
