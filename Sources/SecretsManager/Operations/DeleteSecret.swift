import AWSProtocol
import Authorization
package import Operations

import struct Foundation.Date

/// Lets a secret be erased after a recovery window, or at once.
///
/// Source: Secrets Manager API Reference, DeleteSecret.
package enum DeleteSecret: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let windowDays: Int?
        let isForced: Bool
    }

    package struct Response: Sendable {
        let arn: String
        let name: String
        let date: Date
    }

    package static let name = "DeleteSecret"
    package static let action = "secretsmanager:DeleteSecret"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException",
        "InternalServiceError",
    ]

    private static let windowDays = 7...30
    private static let windowDaysDefault = 30

    package static func references(in request: Request) -> [SecretReference] {
        // What is not there any more is deleted already, for those who force it.
        [SecretReference(request.secret, request.isForced ? .presence : .metadata)]
    }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(action) { condition in
                switch condition.name {
                case "secretsmanager:forcedeletewithoutrecovery": .bool(request.isForced)
                case "secretsmanager:recoverywindowindays":
                    request.isForced ? nil : .single(String(request.windowDays ?? windowDaysDefault))
                default: nil
                }
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        let (request, now) = (call.request, call.call.storedNow)
        guard let snapshot = call.resource.present else {
            let absent = request.secret.candidates[0]
            return Response(
                arn: absent.locator.arn(absent.suffix ?? .random()),
                name: absent.locator.name.description,
                date: now
            )
        }
        let secret = snapshot.secret
        guard secret.replicas.isEmpty else {
            let regions = secret.replicas.map(\.region.description).joined(separator: ", ")
            throw .invalidParameter(
                "You can't delete secret \(request.secret.text) that still has replica regions [\(regions)]"
            )
        }
        if request.isForced || secret.isReplica {
            try await erase(call.resource, in: secrets)
            return Response(arn: secret.arn, name: secret.locator.name.description, date: now)
        }
        let days = request.windowDays ?? windowDaysDefault
        return try await secrets.change(call.resource) { change throws(SecretsManagerError) in
            try change.secret.requireNotDeleted()
            guard change.secret.replicas.isEmpty else { throw .superseded }
            let date = now.addingTimeInterval(Double(days) * 86_400)
            change.secret.deletion = Secret.Deletion(requestedAt: now, date: date)
            return Response(arn: secret.arn, name: secret.locator.name.description, date: date)
        }
    }

    /// Erases a secret now; a replica also leaves its primary's list.
    private static func erase(
        _ resolved: ResolvedSecret,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) {
        let secret = resolved.secret
        if secret.isReplica, let primary = try await secrets.primary(of: secret) {
            try await secrets.change(primary) { change throws(SecretsManagerError) in
                change.secret.replicas.removeAll { $0.region == secret.locator.region }
                change.replicas[secret.locator.region] = nil
            }
            return
        }
        guard let (now, version) = try await secrets.read(secret.locator), now.suffix == secret.suffix,
            now.replicas.isEmpty, try await secrets.erase(now, version: version)
        else { throw .superseded }
    }
}

// MARK: Wire

extension DeleteSecret {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .optional("RecoveryWindowInDays", .integer(Int(Int32.min)...Int(Int32.max))),
        .optional("ForceDeleteWithoutRecovery", .boolean),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        let (days, isForced) = (
            input.integer("RecoveryWindowInDays"), input.flag("ForceDeleteWithoutRecovery")
        )
        if isForced, days != nil {
            throw .invalidParameter(
                "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays."
            )
        }
        if let days, !windowDays.contains(days) {
            throw .invalidParameter(
                "The RecoveryWindowInDays value must be between \(windowDays.lowerBound) and "
                    + "\(windowDays.upperBound) days (inclusive)."
            )
        }
        return Request(secret: try input.secretID(for: call), windowDays: days, isForced: isForced)
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("ARN", response.arn)
        output.string("Name", response.name)
        output.timestamp("DeletionDate", response.date)
    }
}
