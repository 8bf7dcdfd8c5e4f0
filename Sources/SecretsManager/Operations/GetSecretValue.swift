import Authorization
package import Operations

/// Gives the value of a version.
///
/// The caller needs permission to use the version's key, too. Source: Secrets Manager API Reference, GetSecretValue.
package enum GetSecretValue: ImmediateOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let version: String?
        let stage: String?
        let selector: VersionSelector
    }

    package struct Response: Sendable {
        let secret: SecretSnapshot
        let version: SecretVersion
        let value: SecretValue
    }

    package static let name = "GetSecretValue"
    package static let action = "secretsmanager:GetSecretValue"
    package static let isReadOnly = true
    package static let errors = [
        "ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException",
        "DecryptionFailure", "InternalServiceError",
    ]

    package static func references(in request: Request) -> [SecretReference] {
        [SecretReference(request.secret, .value(request.selector))]
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(action) { condition in
                switch condition.name {
                case "secretsmanager:versionid": request.version.map { .single($0) }
                case "secretsmanager:versionstage": Self.stage(of: request).map { .single($0) }
                default: nil
                }
            }
        ]
    }

    /// The label by which the version is found; a request that names nothing means the current one.
    private static func stage(of request: Request) -> String? {
        request.stage ?? (request.version == nil ? Stage.current : nil)
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) throws(SecretsManagerError) -> Response {
        let snapshot = call.resource.snapshot
        guard !snapshot.isDeleted else { throw .markedForDeletion }
        let version = try snapshot.version(call.request.selector)
        let asking = call.call.delegated(by: Service.eventSource, isRecordedTogether: true)
        let value = try secrets.reveal(call.resource, version, for: asking)
        secrets.accesses.note(version, of: snapshot, at: call.call.storedNow)
        return Response(secret: snapshot, version: version, value: value)
    }
}

// MARK: Wire

extension GetSecretValue {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .optional("VersionId", .versionID),
        .optional("VersionStage", .versionStage),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        let (version, stage) = (input.string("VersionId"), input.string("VersionStage"))
        return Request(
            secret: try input.secretID(for: call),
            version: version,
            stage: stage,
            selector: VersionSelector(id: version, stage: stage)
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.secret(response.secret)
        output.string("VersionId", response.version.id)
        output.value(response.value)
        output.strings("VersionStages", response.version.stages)
        output.timestamp("CreatedDate", response.version.createdAt)
    }
}
