import AWSProtocol
import Authorization
package import Operations

/// Makes a secret, with a first version if a value is given.
///
/// The same request once more, by its token, changes nothing. Source: Secrets Manager API Reference, CreateSecret.
package enum CreateSecret: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let locator: SecretLocator
        let token: String?
        let description: String?
        let kmsKeyID: String?
        let value: SecretValue?
        let tags: [SecretTag]
        let replicas: [ReplicaRequest]
        let overwritesReplicas: Bool
    }

    package struct Response: Sendable {
        let secret: Secret
        let version: String?
    }

    package static let name = "CreateSecret"
    package static let action = "secretsmanager:CreateSecret"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidParameterException", "InvalidRequestException", "LimitExceededException",
        "EncryptionFailure", "ResourceExistsException", "DecryptionFailure", "InternalServiceError",
    ]

    package static func references(in request: Request) -> [SecretReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        var actions = [action]
        if !request.tags.isEmpty { actions.append("secretsmanager:TagResource") }
        if !request.replicas.isEmpty { actions.append("secretsmanager:ReplicateSecretToRegions") }
        let resource = ProtectedResource(
            arn: request.locator.arn(nil),
            account: request.locator.account,
            type: SecretLocator.resourceType
        )
        return actions.map { action in
            Requirement(
                action,
                on: resource,
                conditions: SecretConditions(nil, text: nil) { condition in
                    switch condition.name {
                    case "secretsmanager:name": .single(request.locator.name.description)
                    case "secretsmanager:description": request.description.map { .single($0) }
                    case "secretsmanager:kmskeyid": request.kmsKeyID.map { .single($0) }
                    case "secretsmanager:addreplicaregions":
                        .multiple(request.replicas.map(\.region.description))
                    case "secretsmanager:forceoverwritereplicasecret": .bool(request.overwritesReplicas)
                    case "secretsmanager:resourcetag":
                        request.tags.first { condition.names(tag: $0.key) }.map { .single($0.value) }
                    default: request.tags.requestCondition(condition)
                    }
                }
            )
        }
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        let (request, now) = (call.request, call.call.storedNow)
        if let existing = try await secrets.snapshot(request.locator) {
            return try await repetition(of: request, on: existing, in: secrets, call.call)
        }
        var secret = Secret(locator: request.locator, suffix: .random(), createdAt: now)
        secret.description = request.description
        secret.kmsKeyID = request.kmsKeyID
        secret.tags = request.tags
        var change = SecretChange(secret)
        var values: [String: SecretValue] = [:]
        if let value = request.value, let token = request.token {
            let new = try await secrets.prepare(value, as: token, for: secret, call.call)
            try change.add(new, labelled: [Stage.current], at: now)
            values[token] = value
        }
        try await secrets.addReplicas(
            request.replicas,
            to: &change,
            values: values,
            overwriting: request.overwritesReplicas,
            for: call.call
        )
        // Whoever was faster is found when this begins anew.
        guard try await secrets.commit(change, over: [:]) else { throw .superseded }
        return Response(secret: change.secret, version: request.value.flatMap { _ in request.token })
    }

    /// The answer to a request that was carried out before.
    private static func repetition(
        of request: Request,
        on existing: SecretSnapshot,
        in secrets: SecretsManagerService,
        _ call: Call
    ) async throws(SecretsManagerError) -> Response {
        let secret = existing.secret
        guard secret.deletion == nil else { throw .nameScheduledForDeletion }
        guard let value = request.value, let token = request.token, secret.version(token) != nil else {
            throw .secretExists(secret.locator.name)
        }
        let resolved = ResolvedSecret(existing, text: secret.arn)
        let known = try await secrets.reveal(token, of: resolved, for: call)
        guard known.isEqual(to: value) else { throw .secretExists(secret.locator.name) }
        return Response(secret: secret, version: token)
    }
}

// MARK: Wire

extension CreateSecret {
    package static let input: [Member] = [
        .required("Name", .secretName),
        .optional("ClientRequestToken", .clientRequestToken),
        .optional("Description", .secretDescription),
        .optional("KmsKeyId", .kmsKeyID),
        .optional("SecretBinary", .secretBinary),
        .optional("SecretString", .secretString),
        .optional("Tags", .secretTags),
        .optional("AddReplicaRegions", .replicaRegions),
        .optional("ForceOverwriteReplicaSecret", .boolean),
        .optional("Type", .secretType),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        guard let name = SecretName(input.requiredString("Name")) else { throw .invalidName }
        try input.refuseType()
        let (value, token) = (try input.secretValue(), input.string("ClientRequestToken"))
        guard value == nil || token != nil else { throw .noToken }
        return Request(
            locator: SecretLocator(try call.account(), call.region, name),
            token: token,
            description: input.string("Description"),
            kmsKeyID: input.string("KmsKeyId").flatMap(KeyID.read),
            value: value,
            tags: try [SecretTag](input.structures("Tags") ?? []),
            replicas: try ReplicaRequest.list(input.structures("AddReplicaRegions") ?? [], for: call),
            overwritesReplicas: input.flag("ForceOverwriteReplicaSecret")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.secret(response.secret)
        output.string("VersionId", response.version)
        output.replicationStatus(response.secret)
    }
}
