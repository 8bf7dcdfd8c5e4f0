package import Operations

/// Makes a replica a secret of its own; called in the replica's Region.
///
/// Source: Secrets Manager API Reference, StopReplicationToReplica.
package enum StopReplicationToReplica: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
    }

    package static let name = "StopReplicationToReplica"
    package static let action = "secretsmanager:StopReplicationToReplica"
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
        [resources[0].requirement(action)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Secret {
        let replica = call.resource.secret
        try replica.requireNotDeleted()
        guard replica.isReplica, let primary = try await secrets.primary(of: replica) else {
            throw .invalidRequest(
                "Operation is only allowed on a replica secret. Call must be made in replica secret's region."
            )
        }
        let region = replica.locator.region
        return try await secrets.change(primary) { change throws(SecretsManagerError) in
            guard var promoted = change.replicas[region] else { throw .superseded }
            promoted.primaryRegion = nil
            promoted.changedAt = call.call.storedNow
            change.replicas[region] = promoted
            change.secret.replicas.removeAll { $0.region == region }
            if change.secret.replicas.isEmpty { change.secret.primaryRegion = nil }
            return promoted
        }
    }
}

extension SecretsManagerService {
    /// The primary of a replica; nil when it is gone.
    func primary(of replica: Secret) async throws(SecretsManagerError) -> ResolvedSecret? {
        guard let region = replica.primaryRegion,
            let primary = try await snapshot(replica.locator.relocated(to: region)),
            primary.secret.suffix == replica.suffix
        else { return nil }
        return ResolvedSecret(primary, text: primary.arn)
    }
}

// MARK: Wire

extension StopReplicationToReplica {
    package static let input: [Member] = [.required("SecretId", .secretID)]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(secret: try input.secretID(for: call))
    }

    package static func encode(_ response: Secret, into output: inout OutputWriter) {
        output.string("ARN", response.arn)
    }
}
