import AWSProtocol
package import Operations
import Storage

/// Lets an account's roles trust tokens of an OpenID Connect provider.
///
/// Tokens are proved with the keys that the provider publishes over TLS with a certificate of a public authority,
/// or that were uploaded; thumbprints are kept and not used, as AWS does for public authorities.
///
/// Source: IAM API Reference, CreateOpenIDConnectProvider.
package enum CreateOpenIDConnectProvider: IAMOperation {
    package struct Request: Sendable {
        let provider: OpenIDConnectProvider
    }

    package static let name = "CreateOpenIDConnectProvider"
    package static let errors = [
        "InvalidInput", "EntityAlreadyExists", "LimitExceeded", "ConcurrentModification", "ServiceFailure",
        "OpenIdIdpCommunicationError",
    ]

    package static func references(in request: Request) -> [IAMReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        let provider = request.provider
        let tags = provider.tags
        let conditions = RequestConditions(requestTags: tags.isEmpty ? nil : tags)
        let resource = OpenIDConnectProvider.protected(provider.account, provider.issuer)
        return [Requirement(action, on: resource, conditions: conditions)]
            + (tags.isEmpty
                ? [] : [Requirement("iam:TagOpenIDConnectProvider", on: resource, conditions: conditions)])
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> OpenIDConnectProvider {
        let provider = call.request.provider
        let key = OpenIDConnectProvider.recordKey(provider.account, provider.issuer)
        guard try await iam.directory.read(OpenIDConnectProvider.self, key) == nil else {
            throw .exists("Provider with url https://\(provider.issuer) already exists.")
        }
        let present = try await iam.records(.openIDConnectProvider, prefix: "\(provider.account)/")
        guard present.count < OpenIDConnectProvider.perAccountMax else {
            throw .limitExceeded(
                "Cannot exceed quota for OpenIdConnectProvidersPerAccount: \(OpenIDConnectProvider.perAccountMax)"
            )
        }
        try await iam.commit([try iam.put(provider, key, expecting: .absent)])
        return provider
    }
}

// MARK: Wire

extension CreateOpenIDConnectProvider {
    package static let input: [Member] = [
        .required("Url", .providerURL),
        .optional("ClientIDList", .list(.clientID)),
        .optional("ThumbprintList", .thumbprints),
        .optional("Tags", .tags),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        var provider = OpenIDConnectProvider(
            account: try call.account(),
            issuer: try issuer(of: input.requiredString("Url")),
            createdAt: call.now,
            clientIDs: [],
            thumbprints: input.strings("ThumbprintList") ?? [],
            tags: try input.tags()
        )
        for id in input.strings("ClientIDList") ?? [] { try provider.add(clientID: id) }
        try OpenIDConnectProvider.check(thumbprints: provider.thumbprints)
        return Request(provider: provider)
    }

    /// The name of the issuer at an address; `http` is for providers on the same machine alone.
    private static func issuer(of url: String) throws(IAMError) -> String {
        guard let issuer = IssuerName(url: url),
            url.hasPrefix("https://") || issuer.host == "localhost" || issuer.host.hasPrefix("127.")
        else { throw .invalidInput("Invalid Open ID Connect Provider URL") }
        return issuer.description
    }

    package static func encode(_ response: OpenIDConnectProvider, into output: inout OutputWriter) {
        output.string("OpenIDConnectProviderArn", response.arn)
        output.tags(of: response.tags)
    }
}
