import Authorization
package import Operations
import Storage

/// Changes the description, the key or the value of a secret.
///
/// A new key also encrypts the labelled versions that the caller can read. Source: Secrets Manager API Reference,
/// UpdateSecret.
package enum UpdateSecret: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let token: String?
        let description: String?
        /// Nil when the key stays; a nil key is the account's default one.
        let kmsKeyID: String??
        let value: SecretValue?
    }

    package struct Response: Sendable {
        let secret: Secret
        let version: String?
    }

    package static let name = "UpdateSecret"
    package static let action = "secretsmanager:UpdateSecret"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidParameterException", "InvalidRequestException", "LimitExceededException",
        "EncryptionFailure", "ResourceExistsException", "ResourceNotFoundException",
        "InternalServiceError", "DecryptionFailure",
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
                case "secretsmanager:description": request.description.map { .single($0) }
                case "secretsmanager:kmskeyid":
                    request.kmsKeyID.map { .single($0 ?? Secret.defaultKeyAlias) }
                default: nil
                }
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        let (request, resolved, now) = (call.request, call.resource, call.call.storedNow)
        if resolved.secret.isReplica { return try await changeReplica(call, in: secrets) }
        try resolved.secret.requireChangeable()
        if let token = request.token, request.value != nil, resolved.secret.version(token) != nil {
            throw .versionExists(id: token, secret: resolved.secret.arn)
        }
        var future = resolved.secret
        if let key = request.kmsKeyID { future.kmsKeyID = key }
        var new: NewVersion?
        if let value = request.value, let token = request.token {
            new = try await secrets.prepare(value, as: token, for: future, call.call)
        }
        let anew =
            future.kmsKeyID == resolved.secret.kmsKeyID
            ? [:] : try await secrets.sealedAnew(resolved, under: future, call.call)
        return try await secrets.change(resolved) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            guard change.secret.kmsKeyID == resolved.secret.kmsKeyID else { throw .superseded }
            if let description = request.description { change.secret.description = description }
            change.secret.kmsKeyID = future.kmsKeyID
            change.secret.changedAt = now
            for write in try change.secret.replaceValues(by: anew) { change.write(write) }
            if let new { try change.add(new, labelled: [Stage.current], at: now) }
            change.updateReplicas()
            return Response(secret: change.secret, version: new?.version.id)
        }
    }

    /// Changes the key of a replica, the one thing that is its own.
    private static func changeReplica(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        let (request, resolved) = (call.request, call.resource)
        guard let key = request.kmsKeyID, request.description == nil, request.value == nil,
            let primary = try await secrets.primary(of: resolved.secret)
        else { throw .onReplica }
        var future = resolved.secret
        future.kmsKeyID = key
        let anew = try await secrets.sealedAnew(resolved, under: future, call.call)
        let region = future.locator.region
        return try await secrets.change(primary) { change throws(SecretsManagerError) in
            guard var replica = change.replicas[region], replica.kmsKeyID == resolved.secret.kmsKeyID,
                let index = change.secret.replicas.firstIndex(where: { $0.region == region })
            else { throw .superseded }
            replica.kmsKeyID = key
            change.secret.replicas[index].kmsKeyID = key
            for write in try replica.replaceValues(by: anew) { change.write(write) }
            change.replicas[region] = replica
            return Response(secret: replica, version: nil)
        }
    }
}

// MARK: Wire

extension UpdateSecret {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .optional("ClientRequestToken", .clientRequestToken),
        .optional("Description", .secretDescription),
        .optional("KmsKeyId", .kmsKeyID),
        .optional("SecretBinary", .secretBinary),
        .optional("SecretString", .secretString),
        .optional("Type", .secretType),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        try input.refuseType()
        let (value, token) = (try input.secretValue(), input.string("ClientRequestToken"))
        guard value == nil || token != nil else { throw .noToken }
        return Request(
            secret: try input.secretID(for: call),
            token: token,
            description: input.string("Description"),
            kmsKeyID: input.string("KmsKeyId").map(KeyID.read),
            value: value
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.secret(response.secret)
        output.string("VersionId", response.version)
    }
}
