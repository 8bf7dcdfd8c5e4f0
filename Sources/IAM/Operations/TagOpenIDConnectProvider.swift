import AWSProtocol
package import Operations

/// Adds tags to an OpenID Connect provider, or replaces them.
///
/// Source: IAM API Reference, TagOpenIDConnectProvider.
package enum TagOpenIDConnectProvider: ProviderOperation {
    package struct Request: Sendable {
        let provider: String
        let tags: [String: String]
    }

    package static let name = "TagOpenIDConnectProvider"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "ConcurrentModification", "ServiceFailure",
    ]

    package static func provider(of request: Request) -> String { request.provider }

    package static func conditions(of request: Request) -> RequestConditions {
        RequestConditions(requestTags: request.tags)
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(call.provider) { provider throws(IAMError) in
            try provider.tags.addTags(call.request.tags)
        }
        return NoOutput()
    }
}

// MARK: Wire

extension TagOpenIDConnectProvider {
    package static let input: [Member] = [
        .required("OpenIDConnectProviderArn", .arn),
        .required("Tags", .tags),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            provider: input.requiredString("OpenIDConnectProviderArn"),
            tags: try input.tags()
        )
    }
}
