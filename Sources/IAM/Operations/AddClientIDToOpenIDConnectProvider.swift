import AWSProtocol
package import Operations

/// Takes tokens of an OpenID Connect provider that are for a further audience.
///
/// Source: IAM API Reference, AddClientIDToOpenIDConnectProvider.
package enum AddClientIDToOpenIDConnectProvider: ProviderOperation {
    package struct Request: Sendable {
        let provider: String
        let clientID: String
    }

    package static let name = "AddClientIDToOpenIDConnectProvider"
    package static let errors = [
        "ConcurrentModification", "InvalidInput", "NoSuchEntity", "LimitExceeded", "ServiceFailure",
    ]

    package static func provider(of request: Request) -> String { request.provider }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(call.provider) { provider throws(IAMError) in
            try provider.add(clientID: call.request.clientID)
        }
        return NoOutput()
    }
}

// MARK: Wire

extension AddClientIDToOpenIDConnectProvider {
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
