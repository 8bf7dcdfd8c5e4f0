import Authorization
package import Operations

/// Adds a version to a secret; by default it becomes the current one.
///
/// The same request once more, by its token, changes nothing. Source: Secrets Manager API Reference, PutSecretValue.
package enum PutSecretValue: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let token: String
        let value: SecretValue
        let stages: [String]?
        /// What a rotation gave the function that makes this request.
        let rotationToken: String?
    }

    package struct Response: Sendable {
        let secret: Secret
        let version: SecretVersion
    }

    package static let name = "PutSecretValue"
    package static let action = "secretsmanager:PutSecretValue"
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
                condition.name == "secretsmanager:versionstage"
                    ? .multiple(request.stages ?? [Stage.current]) : nil
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        let (request, resolved) = (call.request, call.resource)
        let secret = resolved.secret
        try secret.requireChangeable()
        try secret.requireRotation(of: request)
        if let known = secret.version(request.token), known.hasValue {
            let value = try await secrets.reveal(known.id, of: resolved, for: call.call)
            guard value.isEqual(to: request.value) else {
                throw .versionExists(id: known.id, secret: secret.arn)
            }
            return Response(secret: secret, version: known)
        }
        let new = try await secrets.prepare(request.value, as: request.token, for: secret, call.call)
        return try await secrets.change(resolved) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            try change.secret.requireRotation(of: request)
            try change.add(new, labelled: request.stages ?? [Stage.current], at: call.call.storedNow)
            guard let version = change.secret.version(request.token) else { throw .internalFailure }
            return Response(secret: change.secret, version: version)
        }
    }
}

extension Secret {
    /// Refuses a request that says it is made for a rotation and is not made for the one under way.
    fileprivate func requireRotation(of request: PutSecretValue.Request) throws(SecretsManagerError) {
        guard let token = request.rotationToken else { return }
        guard let run = rotation?.run, run.token == request.token, run.isRotationToken(token) else {
            throw .invalidParameter("The RotationToken is not one of a rotation of this secret.")
        }
    }
}

// MARK: Wire

extension PutSecretValue {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .optional("ClientRequestToken", .clientRequestToken),
        .optional("SecretBinary", .secretBinary),
        .optional("SecretString", .secretString),
        .optional("VersionStages", .versionStages),
        .optional(
            "RotationToken",
            .string(length: 36...256, pattern: .rotationToken, isSensitive: true)
        ),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        guard let token = input.string("ClientRequestToken") else { throw .noToken }
        guard let value = try input.secretValue() else { throw .noValue }
        return Request(
            secret: try input.secretID(for: call),
            token: token,
            value: value,
            stages: input.strings("VersionStages"),
            rotationToken: input.string("RotationToken")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.secret(response.secret)
        output.string("VersionId", response.version.id)
        output.strings("VersionStages", response.version.stages)
    }
}
