package import Operations

/// Gives a user an inline policy, or replaces the one of that name.
///
/// Source: IAM API Reference, PutUserPolicy.
package enum PutUserPolicy: InlinePolicyPutting {
    package typealias Subject = User

    package static let name = "PutUserPolicy"
    package static let errors = [
        "LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure",
    ]
}

// MARK: Wire

extension PutUserPolicy {
    package static let input: [Member] = [
        .required("UserName", .existingUserName), .required("PolicyName", .policyName),
        .required("PolicyDocument", .policyDocument),
    ]
}
