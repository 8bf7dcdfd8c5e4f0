package import Operations

/// Shows an inline policy of a role.
///
/// Source: IAM API Reference, GetRolePolicy.
package enum GetRolePolicy: InlinePolicyGetting {
    package typealias Subject = Role

    package static let name = "GetRolePolicy"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension GetRolePolicy {
    package static let input: [Member] = [
        .required("RoleName", .roleName), .required("PolicyName", .policyName),
    ]
}
