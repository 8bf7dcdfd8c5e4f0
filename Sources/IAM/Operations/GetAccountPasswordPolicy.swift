package import AWSProtocol
package import Operations

/// Shows what the passwords of the account's users must be like.
///
/// Source: IAM API Reference, GetAccountPasswordPolicy.
package enum GetAccountPasswordPolicy: AccountOperation {
    package typealias Request = AccountID

    package static let name = "GetAccountPasswordPolicy"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> PasswordPolicy {
        let key = PasswordPolicy.recordKey(call.request)
        guard let policy = try await iam.directory.read(PasswordPolicy.self, key) else {
            throw .noPasswordPolicy(call.request)
        }
        return policy
    }
}

// MARK: Wire

extension GetAccountPasswordPolicy {
    package static let input: [Member] = []

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AccountID {
        try call.account()
    }

    package static func encode(_ response: PasswordPolicy, into output: inout OutputWriter) {
        output.object("PasswordPolicy") { response.write(into: &$0) }
    }
}
