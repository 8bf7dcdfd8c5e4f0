import AWSProtocol
package import Operations

/// Shows an OpenID Connect provider.
///
/// Source: IAM API Reference, GetOpenIDConnectProvider.
package enum GetOpenIDConnectProvider: ProviderOperation {
    package typealias Request = String

    package static let name = "GetOpenIDConnectProvider"
    package static let errors = ["InvalidInput", "NoSuchEntity", "ServiceFailure"]

    package static func provider(of request: String) -> String { request }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> OpenIDConnectProvider {
        call.provider.value
    }
}

// MARK: Wire

extension GetOpenIDConnectProvider {
    package static let input: [Member] = [.required("OpenIDConnectProviderArn", .arn)]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> String {
        input.requiredString("OpenIDConnectProviderArn")
    }

    package static func encode(_ response: OpenIDConnectProvider, into output: inout OutputWriter) {
        output.string("Url", response.issuer)
        output.strings("ClientIDList", response.clientIDs)
        output.strings("ThumbprintList", response.thumbprints)
        output.timestamp("CreateDate", response.createdAt)
        output.tags(of: response.tags)
    }
}
