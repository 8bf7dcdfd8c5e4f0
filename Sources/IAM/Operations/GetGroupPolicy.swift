package import Operations

/// Shows an inline policy of a group.
///
/// Source: IAM API Reference, GetGroupPolicy.
package enum GetGroupPolicy: InlinePolicyGetting {
    package typealias Subject = Group

    package static let name = "GetGroupPolicy"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension GetGroupPolicy {
    package static let input: [Member] = [
        .required("GroupName", .groupName), .required("PolicyName", .policyName),
    ]
}
