import AWSProtocol
import Authorization
package import Operations

/// Lists the secrets of the account in the Region.
///
/// Source: Secrets Manager API Reference, ListSecrets.
package enum ListSecrets: DurableOperation {
    package typealias Service = SecretsManagerService

    package struct Request: Sendable {
        let listing: SecretListing
        let limit: Int
        let token: String?
    }

    package struct Response: Sendable {
        let secrets: [Secret]
        let nextToken: String?
    }

    package static let name = "ListSecrets"
    package static let action = "secretsmanager:ListSecrets"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidParameterException", "InvalidRequestException", "InvalidNextTokenException",
        "InternalServiceError",
    ]

    /// Secrets of a page that names no number (Secrets Manager API Reference, ListSecrets).
    private static let limitDefault = 100

    package static func references(in request: Request) -> [SecretReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedSecret],
        for call: Call
    ) -> [Requirement] {
        [.anySecret(action, in: request.listing.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in secrets: SecretsManagerService
    ) async throws(SecretsManagerError) -> Response {
        let request = call.request
        let list = "\(name) \(request.listing.order) \(request.listing.isDescending)"
        let tokens = ListToken(keyring: secrets.keyring, list: list, call: call.call)
        let (found, next) = try await secrets.list(
            request.listing,
            after: try tokens.position(of: request.token),
            limit: request.limit
        )
        return Response(secrets: found, nextToken: try tokens.token(after: next))
    }
}

// MARK: Wire

extension ListSecrets {
    package static let input: [Member] = [
        .optional("IncludePlannedDeletion", .boolean),
        .optional("MaxResults", .integer(1...100)),
        .optional("NextToken", .nextToken),
        .optional("Filters", .filters),
        .optional("SortOrder", .enumeration(["asc", "desc"])),
        .optional("SortBy", .enumeration(SecretListing.Order.allCases.map(\.rawValue))),
    ]

    package static func request(
        from input: Input,
        for call: Call
    ) throws(SecretsManagerError) -> Request {
        var listing = SecretListing(
            account: try call.account(),
            region: call.region,
            filters: try SecretFilter.list(input.structures("Filters") ?? []),
            includesDeleted: input.flag("IncludePlannedDeletion")
        )
        listing.order = input.string("SortBy").flatMap { SecretListing.Order(rawValue: $0) } ?? .createdDate
        listing.isDescending = input.string("SortOrder") == "desc"
        return Request(
            listing: listing,
            limit: input.integer("MaxResults") ?? limitDefault,
            token: input.string("NextToken")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.objects("SecretList", response.secrets) { output, secret in
            output.metadata(of: secret, versionsAs: "SecretVersionsToStages")
        }
        output.string("NextToken", response.nextToken)
    }
}
