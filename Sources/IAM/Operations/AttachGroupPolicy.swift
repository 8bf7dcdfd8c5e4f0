package import Operations

/// Attaches a managed policy to a group.
///
/// Source: IAM API Reference, AttachGroupPolicy.
package enum AttachGroupPolicy: PolicyAttaching {
    package typealias Subject = Group

    package static let name = "AttachGroupPolicy"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "PolicyNotAttachable", "ServiceFailure",
    ]
}

// MARK: Wire

extension AttachGroupPolicy {
    package static let input: [Member] = [.required("GroupName", .groupName), .required("PolicyArn", .arn)]
}
