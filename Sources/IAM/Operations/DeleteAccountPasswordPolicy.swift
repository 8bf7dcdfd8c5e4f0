package import AWSProtocol
package import Operations
import Storage

/// Takes the account's password policy away, so that the default one is in force.
///
/// Source: IAM API Reference, DeleteAccountPasswordPolicy.
package enum DeleteAccountPasswordPolicy: AccountOperation {
    package typealias Request = AccountID

    package static let name = "DeleteAccountPasswordPolicy"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "ServiceFailure"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let key = PasswordPolicy.recordKey(call.request)
        guard let known = try await iam.directory.versioned(PasswordPolicy.self, key) else {
            throw .noPasswordPolicy(call.request)
        }
        try await iam.commit([.delete(key, expecting: .version(known.version))])
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteAccountPasswordPolicy {
    package static let input: [Member] = []

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AccountID {
        try call.account()
    }
}
