package import Operations

/// Takes an inline policy from a user.
///
/// Source: IAM API Reference, DeleteUserPolicy.
package enum DeleteUserPolicy: InlinePolicyDeleting {
    package typealias Subject = User

    package static let name = "DeleteUserPolicy"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "ServiceFailure"]
}

// MARK: Wire

extension DeleteUserPolicy {
    package static let input: [Member] = [
        .required("UserName", .existingUserName), .required("PolicyName", .policyName),
    ]
}
