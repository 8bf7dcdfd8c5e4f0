package import Operations

/// Gives the account an alias, in place of the one it has.
///
/// Source: IAM API Reference, CreateAccountAlias.
package enum CreateAccountAlias: AccountOperation {
    package typealias Request = AliasRequest

    package static let name = "CreateAccountAlias"
    package static let errors = [
        "ConcurrentModification", "EntityAlreadyExists", "LimitExceeded", "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.setAlias(call.request.alias, of: call.request.account)
        return NoOutput()
    }
}

// MARK: Wire

extension CreateAccountAlias {
    package static let input: [Member] = AliasRequest.members

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AliasRequest {
        try AliasRequest(input, for: call)
    }
}
