import AWSProtocol
import Authorization
package import Operations

/// Deletes replicas of a secret.
///
/// Source: Secrets Manager API Reference, RemoveRegionsFromReplication.
package enum RemoveRegionsFromReplication: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let regions: [String]
    }

    package static let name = "RemoveRegionsFromReplication"
    package static let action = "secretsmanager:RemoveRegionsFromReplication"
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
        let regions = Set(call.request.regions)
        return try await secrets.change(call.resource) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            let known = Set(change.secret.replicas.map(\.region.description))
            guard regions.isSubset(of: known) else { throw .invalidParameter("Invalid replica region.") }
            change.secret.replicas.removeAll { regions.contains($0.region.description) }
            if change.secret.replicas.isEmpty { change.secret.primaryRegion = nil }
            for region in change.replicas.keys where regions.contains(region.description) {
                change.replicas[region] = nil
            }
            change.secret.changedAt = call.call.storedNow
            return change.secret
        }
    }
}

// MARK: Wire

extension RemoveRegionsFromReplication {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .required("RemoveReplicaRegions", .list(.replicaRegion, length: 1...Int.max)),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(
            secret: try input.secretID(for: call),
            regions: input.strings("RemoveReplicaRegions") ?? []
        )
    }

    package static func encode(_ response: Secret, into output: inout OutputWriter) {
        output.string("ARN", response.arn)
        output.replicationStatus(response)
    }
}
