import AWSProtocol
import Authorization
package import Operations

/// Makes replicas of a secret in other Regions of the deployment.
///
/// The caller's permissions read the values and encrypt them there. Source: Secrets Manager API Reference,
/// ReplicateSecretToRegions.
package enum ReplicateSecretToRegions: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let replicas: [ReplicaRequest]
        let overwrites: Bool
    }

    package static let name = "ReplicateSecretToRegions"
    package static let action = "secretsmanager:ReplicateSecretToRegions"
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
        [
            resources[0].requirement(action) { condition in
                switch condition.name {
                case "secretsmanager:addreplicaregions":
                    .multiple(request.replicas.map(\.region.description))
                case "secretsmanager:forceoverwritereplicasecret": .bool(request.overwrites)
                default: nil
                }
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Secret {
        let (request, known) = (call.request, call.resource.secret)
        try known.requireChangeable()
        for replica in request.replicas {
            let existing = known.replicas.first { $0.region == replica.region }
            guard existing == nil || existing?.status == .failed else {
                throw .invalidParameter("Secret is already replicated to region \(replica.region).")
            }
        }
        let values: [String: SecretValue]
        do throws(SecretsManagerError) {
            values = try await secrets.labelledValues(of: call.resource, for: call.call)
        } catch .decryptionFailure {
            throw .invalidRequest(SecretsManagerError.decryptionFailure.wire.message ?? "")
        }
        var draft = SecretChange(known)
        try await secrets.addReplicas(
            request.replicas,
            to: &draft,
            values: values,
            overwriting: request.overwrites,
            for: call.call
        )
        return try await secrets.change(call.resource) { [draft] change throws(SecretsManagerError) in
            // Replicas are made of the secret as it was read: what changed since is not in them.
            guard change.secret == known else { throw .superseded }
            change.secret = draft.secret
            change.replicas.merge(draft.replicas) { $1 }
            change.replaced = draft.replaced
            for write in draft.writes { change.write(write) }
            return change.secret
        }
    }
}

// MARK: Wire

extension ReplicateSecretToRegions {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .required("AddReplicaRegions", .replicaRegions),
        .optional("ForceOverwriteReplicaSecret", .boolean),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(
            secret: try input.secretID(for: call),
            replicas: try ReplicaRequest.list(input.structures("AddReplicaRegions") ?? [], for: call),
            overwrites: input.flag("ForceOverwriteReplicaSecret")
        )
    }

    package static func encode(_ response: Secret, into output: inout OutputWriter) {
        output.string("ARN", response.arn)
        output.replicationStatus(response)
    }
}
