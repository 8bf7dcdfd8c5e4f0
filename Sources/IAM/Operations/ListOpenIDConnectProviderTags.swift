import AWSProtocol
package import Operations

/// Lists the tags of an OpenID Connect provider.
///
/// Source: IAM API Reference, ListOpenIDConnectProviderTags.
package enum ListOpenIDConnectProviderTags: ProviderOperation {
    package struct Request: Sendable {
        let provider: String
        let page: PageInput
    }

    /// A tag of an answer.
    package struct Tag: Sendable {
        let key: String
        let value: String
    }

    package static let name = "ListOpenIDConnectProviderTags"
    package static let errors = ["NoSuchEntity", "ServiceFailure", "InvalidInput"]

    package static func provider(of request: Request) -> String { request.provider }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> Page<Tag>
    {
        try iam.page(
            ofAll: call.provider.value.tags.map { Tag(key: $0.key, value: $0.value) },
            call.request.page,
            of: name,
            for: call.call,
            position: \.key
        )
    }
}

// MARK: Wire

extension ListOpenIDConnectProviderTags {
    package static let input: [Member] = [.required("OpenIDConnectProviderArn", .arn)] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(provider: input.requiredString("OpenIDConnectProviderArn"), page: PageInput(input))
    }

    package static func encode(_ response: Page<Tag>, into output: inout OutputWriter) {
        output.tags(response.elements.map { ($0.key, $0.value) })
        output.pageEnd(response.marker)
    }
}
