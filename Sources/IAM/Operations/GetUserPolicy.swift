package import Operations

/// Shows an inline policy of a user.
///
/// Source: IAM API Reference, GetUserPolicy.
package enum GetUserPolicy: InlinePolicyGetting {
    package typealias Subject = User

    package static let name = "GetUserPolicy"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension GetUserPolicy {
    package static let input: [Member] = [
        .required("UserName", .existingUserName), .required("PolicyName", .policyName),
    ]
}
