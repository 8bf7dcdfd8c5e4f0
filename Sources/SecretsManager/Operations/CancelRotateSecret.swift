package import Operations

/// Turns automatic rotation off and gives up a rotation that is under way, whose version keeps AWSPENDING.
///
/// Whatever the rotator had changed by then, clients with the current value get in again: where they may not, the engine
/// sees to it after the answer.
///
/// Source: Secrets Manager API Reference, CancelRotateSecret.
package enum CancelRotateSecret: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
    }

    package struct Response: Sendable {
        let secret: Secret
        /// The version that is left behind.
        let version: String?
    }

    package static let name = "CancelRotateSecret"
    package static let action = "secretsmanager:CancelRotateSecret"
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
        [resources[0].requirement(action)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        try await secrets.change(call.resource) { change throws(SecretsManagerError) in
            try change.secret.requireChangeable()
            guard change.secret.rotation != nil else { throw .noRotator }
            change.secret.rotation?.isEnabled = false
            change.secret.rotation?.window = nil
            change.secret.giveUpRotation(at: call.call.storedNow)
            change.secret.changedAt = call.call.storedNow
            return Response(secret: change.secret, version: change.secret.pendingVersion?.id)
        }
    }
}

// MARK: Wire

extension CancelRotateSecret {
    package static let input: [Member] = [.required("SecretId", .secretID)]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(secret: try input.secretID(for: call))
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.secret(response.secret)
        output.string("VersionId", response.version)
    }
}
