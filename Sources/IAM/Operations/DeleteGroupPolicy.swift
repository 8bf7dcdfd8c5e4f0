package import Operations

/// Takes an inline policy from a group.
///
/// Source: IAM API Reference, DeleteGroupPolicy.
package enum DeleteGroupPolicy: InlinePolicyDeleting {
    package typealias Subject = Group

    package static let name = "DeleteGroupPolicy"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "ServiceFailure"]
}

// MARK: Wire

extension DeleteGroupPolicy {
    package static let input: [Member] = [
        .required("GroupName", .groupName), .required("PolicyName", .policyName),
    ]
}
