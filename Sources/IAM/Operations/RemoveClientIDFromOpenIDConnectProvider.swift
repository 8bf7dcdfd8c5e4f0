import AWSProtocol
package import Operations

/// Takes no more tokens of an OpenID Connect provider that are for an audience.
///
/// Source: IAM API Reference, RemoveClientIDFromOpenIDConnectProvider.
package enum RemoveClientIDFromOpenIDConnectProvider: ProviderOperation {
    package struct Request: Sendable {
        let provider: String
        let clientID: String
    }

    package static let name = "RemoveClientIDFromOpenIDConnectProvider"
    package static let errors = [
        "ConcurrentModification", "InvalidInput", "NoSuchEntity", "ServiceFailure",
    ]

    package static func provider(of request: Request) -> String { request.provider }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(call.provider) { provider throws(IAMError) in
            provider.clientIDs.removeAll { $0 == call.request.clientID }
        }
        return NoOutput()
    }
}

// MARK: Wire

extension RemoveClientIDFromOpenIDConnectProvider {
    package static let input: [Member] = [
        .required("OpenIDConnectProviderArn", .arn),
        .required("ClientID", .clientID),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            provider: input.requiredString("OpenIDConnectProviderArn"),
            clientID: input.requiredString("ClientID")
        )
    }
}
