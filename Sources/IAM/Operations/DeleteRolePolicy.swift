package import Operations

/// Takes an inline policy from a role.
///
/// Source: IAM API Reference, DeleteRolePolicy.
package enum DeleteRolePolicy: InlinePolicyDeleting {
    package typealias Subject = Role

    package static let name = "DeleteRolePolicy"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "UnmodifiableEntity", "ServiceFailure"]
}

// MARK: Wire

extension DeleteRolePolicy {
    package static let input: [Member] = [
        .required("RoleName", .roleName), .required("PolicyName", .policyName),
    ]
}
