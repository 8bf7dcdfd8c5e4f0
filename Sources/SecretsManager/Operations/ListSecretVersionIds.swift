import Foundation
package import Operations

/// Lists the versions of a secret, oldest first.
///
/// Source: Secrets Manager API Reference, ListSecretVersionIds.
package enum ListSecretVersionIds: ImmediateOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let secret: SecretID
        let limit: Int
        let token: String?
        let includesDeprecated: Bool
    }

    package struct Response: Sendable {
        let secret: Secret
        let versions: [SecretVersion]
        let nextToken: String?
    }

    package static let name = "ListSecretVersionIds"
    package static let action = "secretsmanager:ListSecretVersionIds"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidNextTokenException", "ResourceNotFoundException", "InternalServiceError",
        "InvalidParameterException",
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
    ) throws(SecretsManagerError) -> Response {
        let (request, secret) = (call.request, secrets.accesses.applied(to: call.resource.secret))
        let tokens = ListToken(keyring: secrets.keyring, list: "\(name) \(secret.arn)", call: call.call)
        var versions = secret.versions.filter { request.includesDeprecated || !$0.isDeprecated }[...]
        if let position = try tokens.position(of: request.token) {
            // The version may be gone since: those that were made before it are shown already.
            let parts = position.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let made = Double(parts[0]) else { throw .invalidNextToken }
            versions = versions.drop { $0.createdAt.timeIntervalSince1970 <= made && $0.id != parts[1] }
            if versions.first?.id == String(parts[1]) { versions = versions.dropFirst() }
        }
        let shown = Array(versions.prefix(request.limit))
        let last = versions.count > shown.count ? shown.last : nil
        return Response(
            secret: secret,
            versions: shown,
            nextToken: try tokens.token(
                after: last.map { "\($0.createdAt.timeIntervalSince1970) \($0.id)" }
            )
        )
    }
}

// MARK: Wire

extension ListSecretVersionIds {
    package static let input: [Member] = [
        .required("SecretId", .secretID),
        .optional("MaxResults", .integer(1...100)),
        .optional("NextToken", .nextToken),
        .optional("IncludeDeprecated", .boolean),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        Request(
            secret: try input.secretID(for: call),
            limit: input.integer("MaxResults") ?? 100,
            token: input.string("NextToken"),
            includesDeprecated: input.flag("IncludeDeprecated")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.objects("Versions", response.versions) { output, version in
            output.string("VersionId", version.id)
            if !version.isDeprecated { output.strings("VersionStages", version.stages) }
            output.timestamp("LastAccessedDate", version.accessedOn)
            output.timestamp("CreatedDate", version.createdAt)
            output.strings("KmsKeyIds", [version.kmsKeyID ?? "DefaultEncryptionKey"])
        }
        output.string("NextToken", response.nextToken)
        output.secret(response.secret)
    }
}
