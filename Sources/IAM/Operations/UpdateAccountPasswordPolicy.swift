import AWSProtocol
package import Operations
import Storage

/// Sets what the passwords of the account's users must be like; what is not given has its default.
///
/// Source: IAM API Reference, UpdateAccountPasswordPolicy.
package enum UpdateAccountPasswordPolicy: AccountOperation {
    package typealias Request = PasswordPolicy

    package static let name = "UpdateAccountPasswordPolicy"
    package static let errors = [
        "NoSuchEntity", "MalformedPolicyDocument", "LimitExceeded", "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let key = PasswordPolicy.recordKey(try call.call.account())
        try await iam.commit([try iam.put(call.request, key, expecting: .any)])
        return NoOutput()
    }
}

// MARK: Wire

extension UpdateAccountPasswordPolicy {
    package static let input: [Member] = PasswordPolicy.members

    package static func request(from input: Input, for call: Call) throws(IAMError) -> PasswordPolicy {
        PasswordPolicy(input)
    }
}
