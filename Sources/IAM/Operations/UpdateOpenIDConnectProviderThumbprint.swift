import AWSProtocol
package import Operations

/// Replaces the certificate thumbprints of an OpenID Connect provider.
///
/// Source: IAM API Reference, UpdateOpenIDConnectProviderThumbprint.
package enum UpdateOpenIDConnectProviderThumbprint: ProviderOperation {
    package struct Request: Sendable {
        let provider: String
        let thumbprints: [String]
    }

    package static let name = "UpdateOpenIDConnectProviderThumbprint"
    package static let errors = [
        "ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure",
    ]

    package static func provider(of request: Request) -> String { request.provider }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(call.provider) { provider throws(IAMError) in
            try OpenIDConnectProvider.check(thumbprints: call.request.thumbprints)
            provider.thumbprints = call.request.thumbprints
        }
        return NoOutput()
    }
}

// MARK: Wire

extension UpdateOpenIDConnectProviderThumbprint {
    package static let input: [Member] = [
        .required("OpenIDConnectProviderArn", .arn),
        .required("ThumbprintList", .thumbprints),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            provider: input.requiredString("OpenIDConnectProviderArn"),
            thumbprints: input.strings("ThumbprintList") ?? []
        )
    }
}
