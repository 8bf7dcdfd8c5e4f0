package import Operations

/// Gives a group an inline policy, or replaces the one of that name.
///
/// Source: IAM API Reference, PutGroupPolicy.
package enum PutGroupPolicy: InlinePolicyPutting {
    package typealias Subject = Group

    package static let name = "PutGroupPolicy"
    package static let errors = [
        "LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "ServiceFailure",
    ]
}

// MARK: Wire

extension PutGroupPolicy {
    package static let input: [Member] = [
        .required("GroupName", .groupName), .required("PolicyName", .policyName),
        .required("PolicyDocument", .policyDocument),
    ]
}
