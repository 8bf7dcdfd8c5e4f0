package import Operations

/// Attaches a managed policy to a role.
///
/// Source: IAM API Reference, AttachRolePolicy.
package enum AttachRolePolicy: PolicyAttaching {
    package typealias Subject = Role

    package static let name = "AttachRolePolicy"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "UnmodifiableEntity", "PolicyNotAttachable",
        "ServiceFailure",
    ]
}

// MARK: Wire

extension AttachRolePolicy {
    package static let input: [Member] = [.required("RoleName", .roleName), .required("PolicyArn", .arn)]
}
