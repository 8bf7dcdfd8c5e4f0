package import Operations

/// Detaches a managed policy from a group.
///
/// Source: IAM API Reference, DetachGroupPolicy.
package enum DetachGroupPolicy: PolicyDetaching {
    package typealias Subject = Group

    package static let name = "DetachGroupPolicy"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "InvalidInput", "ServiceFailure"]
}

// MARK: Wire

extension DetachGroupPolicy {
    package static let input: [Member] = [.required("GroupName", .groupName), .required("PolicyArn", .arn)]
}
