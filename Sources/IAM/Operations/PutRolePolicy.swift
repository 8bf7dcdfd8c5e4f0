package import Operations

/// Gives a role an inline policy, or replaces the one of that name.
///
/// Source: IAM API Reference, PutRolePolicy.
package enum PutRolePolicy: InlinePolicyPutting {
    package typealias Subject = Role

    package static let name = "PutRolePolicy"
    package static let errors = [
        "LimitExceeded", "MalformedPolicyDocument", "NoSuchEntity", "UnmodifiableEntity", "ServiceFailure",
    ]
}

// MARK: Wire

extension PutRolePolicy {
    package static let input: [Member] = [
        .required("RoleName", .roleName), .required("PolicyName", .policyName),
        .required("PolicyDocument", .policyDocument),
    ]
}
