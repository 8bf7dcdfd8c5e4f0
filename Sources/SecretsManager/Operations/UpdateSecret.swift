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
        let (request, resolved, now) = (call.request, call.resource, call.call.now)
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
            ? [:] : try await sealedAnew(resolved, under: future, in: secrets, call.call)
        return try await secrets.change(resolved) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            guard change.secret.kmsKeyID == resolved.secret.kmsKeyID else { throw .superseded }
            if let description = request.description { change.secret.description = description }
            change.secret.kmsKeyID = future.kmsKeyID
            change.secret.changedAt = now
            for index in change.secret.versions.indices {
                let id = change.secret.versions[index].id
                guard let value = anew[id] else { continue }
                change.secret.versions[index].kmsKeyID = future.kmsKeyID
                change.write(
                    .put(change.secret.valueKey(of: id), try RecordCodec.encode(value), expecting: .any)
                )
            }
            if let new { try change.add(new, labelled: [Stage.current], at: now) }
            change.updateReplicas()
            return Response(secret: change.secret, version: new?.version.id)
        }
    }

    /// The labelled versions that the caller can read, encrypted under another key.
    private static func sealedAnew(
        _ resolved: ResolvedSecret,
        under future: Secret,
        in secrets: SecretsManagerService,
        _ call: Call
    ) async throws(SecretsManagerError) -> [String: SealedValue] {
        var sealed: [String: SealedValue] = [:]
        for version in resolved.secret.versions where !version.isDeprecated {
            let value: SecretValue
            do throws(SecretsManagerError) {
                value = try await secrets.reveal(version.id, of: resolved, for: call)
            } catch .keyDenied {
                // The version stays as it is: who may not read it may still choose the key of new ones.
                continue
            } catch .decryptionFailure {
                // Its old key cannot be used; the secret shall not depend on that key for new versions.
                continue
            }
            sealed[version.id] = try await secrets.seal(value, of: version.id, for: future, call)
        }
        return sealed
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
