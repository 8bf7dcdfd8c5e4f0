package import Operations

/// Attaches a managed policy to a user.
///
/// Source: IAM API Reference, AttachUserPolicy.
package enum AttachUserPolicy: PolicyAttaching {
    package typealias Subject = User

    package static let name = "AttachUserPolicy"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "PolicyNotAttachable", "ServiceFailure",
    ]
}

// MARK: Wire

extension AttachUserPolicy {
    package static let input: [Member] = [.required("UserName", .userName), .required("PolicyArn", .arn)]
}
