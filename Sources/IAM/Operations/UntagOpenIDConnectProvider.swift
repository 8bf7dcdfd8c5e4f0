import AWSProtocol
package import Operations

/// Removes tags from an OpenID Connect provider.
///
/// Source: IAM API Reference, UntagOpenIDConnectProvider.
package enum UntagOpenIDConnectProvider: ProviderOperation {
    package struct Request: Sendable {
        let provider: String
        let tagKeys: [String]
    }

    package static let name = "UntagOpenIDConnectProvider"
    package static let errors = [
        "NoSuchEntity", "InvalidInput", "ConcurrentModification", "ServiceFailure",
    ]

    package static func provider(of request: Request) -> String { request.provider }

    package static func conditions(of request: Request) -> RequestConditions {
        RequestConditions(tagKeys: request.tagKeys)
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(call.provider) { provider throws(IAMError) in
            provider.tags.removeTags(call.request.tagKeys)
        }
        return NoOutput()
    }
}

// MARK: Wire

extension UntagOpenIDConnectProvider {
    package static let input: [Member] = [
        .required("OpenIDConnectProviderArn", .arn),
        .required("TagKeys", .tagKeys),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            provider: input.requiredString("OpenIDConnectProviderArn"),
            tagKeys: input.strings("TagKeys") ?? []
        )
    }
}
