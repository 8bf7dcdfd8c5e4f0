package import Operations

/// Takes the account's alias away.
///
/// Source: IAM API Reference, DeleteAccountAlias.
package enum DeleteAccountAlias: AccountOperation {
    package typealias Request = AliasRequest

    package static let name = "DeleteAccountAlias"
    package static let errors = [
        "ConcurrentModification", "NoSuchEntity", "LimitExceeded", "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.removeAlias(call.request.alias, of: call.request.account)
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteAccountAlias {
    package static let input: [Member] = AliasRequest.members

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AliasRequest {
        try AliasRequest(input, for: call)
    }
}
