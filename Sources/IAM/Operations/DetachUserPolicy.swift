package import Operations

/// Detaches a managed policy from a user.
///
/// Source: IAM API Reference, DetachUserPolicy.
package enum DetachUserPolicy: PolicyDetaching {
    package typealias Subject = User

    package static let name = "DetachUserPolicy"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "InvalidInput", "ServiceFailure"]
}

// MARK: Wire

extension DetachUserPolicy {
    package static let input: [Member] = [.required("UserName", .userName), .required("PolicyArn", .arn)]
}
