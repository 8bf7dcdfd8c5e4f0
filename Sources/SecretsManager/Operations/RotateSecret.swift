import AWSProtocol
import Authorization
package import Operations

import struct Foundation.Date

/// Sets up the rotation of a secret and begins one, or tests whether it would work.
///
/// The answer comes when the rotation is recorded; the engine carries it out. The caller needs permission to invoke
/// the rotator, too. Source: Secrets Manager API Reference, RotateSecret.
package enum RotateSecret: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let token: String
        /// The rotator's ARN; nil for the one that the secret has.
        let rotator: RotatorLocator?
        let rules: RotationRules?
        let isImmediate: Bool
    }

    package struct Response: Sendable {
        let secret: Secret
        let version: String
    }

    package static let name = "RotateSecret"
    package static let action = "secretsmanager:RotateSecret"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "InvalidParameterException", "InternalServiceError",
        "InvalidRequestException",
    ]

    package static func references(in request: Request) -> [SecretReference] {
        [SecretReference(request.secret)]
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        let own = resources[0].requirement(action) { condition in
            switch condition.name {
            case "secretsmanager:rotationlambdaarn": request.rotator.map { .single($0.arn) }
            case "secretsmanager:rotateimmediately": .bool(request.isImmediate)
            case "secretsmanager:modifyrotationrules": .bool(request.rules != nil)
            case "secretsmanager:automaticallyrotateafterdays":
                request.rules?.afterDays.map { .single(String($0)) }
            default: nil
            }
        }
        guard let rotator = rotator(of: request, resources[0].secret) else { return [own] }
        return [own, rotator.requirement]
    }

    private static func rotator(of request: Request, _ secret: Secret) -> RotatorLocator? {
        request.rotator ?? secret.rotation.flatMap { RotatorLocator(arn: $0.rotator) }
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        let (request, resolved, now) = (call.request, call.resource, call.call.storedNow)
        let known = resolved.secret
        try known.requireChangeable()
        if let done = try await repeated(request, of: resolved, at: now, in: secrets) { return done }
        guard let rotator = rotator(of: request, known) else { throw .noRotator }
        guard rotator.account == known.locator.account, rotator.region == known.locator.region,
            try await RotatorRegistry(store: secrets.store).rotator(named: rotator.arn) != nil
        else { throw .denied(noSuchFunction) }
        try known.requireRotatable(request)
        guard let current = known.version(labelled: Stage.current) else {
            throw .valueNotFound(.stage(Stage.current))
        }
        var copy: NewVersion?
        if !request.isImmediate {
            let value = try await secrets.reveal(current.id, of: resolved, for: call.call)
            copy = try await secrets.prepare(value, as: request.token, for: known, call.call)
        }
        return try await secrets.change(resolved) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            try change.secret.requireRotatable(request)
            try change.secret.setRotation(rotator, request.rules, at: now)
            if let copy {
                try change.add(copy, labelled: [Stage.pending], at: now)
                change.secret.rotation?.run = RotationRun(token: request.token, isTest: true, at: now)
                try change.announce(.testRotationStarted, request.token, at: now)
            } else {
                try change.secret.beginRotation(request.token, at: now)
                try change.announce(.rotationStarted, request.token, at: now)
            }
            change.updateReplicas()
            return Response(secret: change.secret, version: request.token)
        }
    }

    fileprivate static let isIncomplete = SecretsManagerError.invalidRequest(
        "A previous rotation isn't complete. That rotation will be reattempted."
    )

    private static let noSuchFunction =
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access "
        + "to the principal secretsmanager.amazonaws.com."

    /// The answer to a request whose token was seen before: a rotation that is under way is tried at once.
    private static func repeated(
        _ request: Request,
        of resolved: ResolvedSecret,
        at now: Date,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response? {
        guard let version = resolved.secret.version(request.token) else { return nil }
        if resolved.secret.rotation?.run?.token == request.token {
            return try await secrets.change(resolved) { change throws(SecretsManagerError) in
                guard let run = change.secret.rotation?.run, run.token == request.token else {
                    throw .superseded
                }
                guard !run.isRestoring else { throw isIncomplete }
                change.secret.rotation?.run?.beginAnew(at: now)
                return Response(secret: change.secret, version: request.token)
            }
        }
        guard version.stages.contains(Stage.current), resolved.secret.rotation?.isEnabled == true else {
            throw .invalidRequest(
                "You can't use ClientRequestToken \(request.token) because that value is already in use for a "
                    + "version of secret \(resolved.arn)."
            )
        }
        return Response(secret: resolved.secret, version: request.token)
    }
}

extension RotatorLocator {
    /// The permission to have the rotator work.
    fileprivate var requirement: Requirement {
        Requirement(
            "lambda:InvokeFunction",
            on: ProtectedResource(arn: arn, account: account, type: Self.resourceType),
            conditions: NoConditions()
        )
    }
}

extension Secret {
    /// Refuses to begin a rotation while another has not ended.
    fileprivate func requireRotatable(_ request: RotateSecret.Request) throws(SecretsManagerError) {
        guard rotation?.run == nil, pendingVersion == nil else { throw RotateSecret.isIncomplete }
        guard version(request.token) == nil else { throw .superseded }
    }

    /// Takes over what a request says of the rotation.
    fileprivate mutating func setRotation(
        _ rotator: RotatorLocator,
        _ rules: RotationRules?,
        at now: Date
    ) throws(SecretsManagerError) {
        var changed = rotation ?? Rotation(rotator: rotator.arn, rules: nil)
        let wasEnabled = changed.isEnabled
        changed.isEnabled = true
        changed.rotator = rotator.arn
        if let rules { changed.rules = rules }
        if rules != nil || !wasEnabled || rotation == nil { try changed.scheduleNext(after: now) }
        rotation = changed
        changedAt = now
    }
}

// MARK: Wire

extension RotateSecret {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .optional("ClientRequestToken", .clientRequestToken),
        .optional("RotationLambdaARN", .string(length: 0...2048)),
        .optional(
            "RotationRules",
            .structure([
                .optional("AutomaticallyAfterDays", .integer(1...1000)),
                .optional("Duration", .string(length: 2...3, pattern: .duration)),
                .optional("ScheduleExpression", .string(length: 1...256, pattern: .schedule)),
            ])
        ),
        .optional(
            "ExternalSecretRotationMetadata",
            .list(
                .structure([
                    .optional("Key", .string(length: 1...256)), .optional("Value", .string(length: 1...2048)),
                ])
            )
        ),
        .optional("ExternalSecretRotationRoleArn", .string(length: 20...2048)),
        .optional("RotateImmediately", .boolean),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        guard let token = input.string("ClientRequestToken") else {
            throw .invalidParameter(SecretsManagerError.noToken.wire.message ?? "")
        }
        guard !input.has("ExternalSecretRotationMetadata"), !input.has("ExternalSecretRotationRoleArn") else {
            throw .invalidParameter("Managed external secrets are not supported by this deployment.")
        }
        var rotator: RotatorLocator?
        if let arn = input.string("RotationLambdaARN"), !arn.isEmpty {
            rotator = RotatorLocator(arn: arn)
            guard rotator != nil else {
                throw .invalidParameter("RotationLambdaARN is not the ARN of a Lambda function.")
            }
        }
        let rules = try input.structure("RotationRules").map { rules throws(SecretsManagerError) in
            try RotationRules(rules, at: call.storedNow)
        }
        return Request(
            secret: try input.secretID(for: call),
            token: token,
            rotator: rotator,
            rules: rules,
            isImmediate: !input.has("RotateImmediately") || input.flag("RotateImmediately")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.secret(response.secret)
        output.string("VersionId", response.version)
    }
}

extension Pattern {
    fileprivate static let duration = Pattern.expression("[0-9]+h")
    fileprivate static let schedule = Pattern.characters(#"[0-9A-Za-z\(\)#\?\*\-\/, ]+"#) {
        $0.isASCIIAlphanumeric || "()#?*-/, ".unicodeScalars.contains($0)
    }
}
