package import Operations

/// Detaches a managed policy from a role.
///
/// Source: IAM API Reference, DetachRolePolicy.
package enum DetachRolePolicy: PolicyDetaching {
    package typealias Subject = Role

    package static let name = "DetachRolePolicy"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "UnmodifiableEntity", "ServiceFailure",
    ]
}

// MARK: Wire

extension DetachRolePolicy {
    package static let input: [Member] = [.required("RoleName", .roleName), .required("PolicyArn", .arn)]
}
