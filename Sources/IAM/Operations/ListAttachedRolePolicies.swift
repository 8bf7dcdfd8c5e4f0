package import Operations

/// Lists the managed policies that are attached to a role.
///
/// Source: IAM API Reference, ListAttachedRolePolicies.
package enum ListAttachedRolePolicies: AttachedPolicyListing {
    package typealias Subject = Role

    package static let name = "ListAttachedRolePolicies"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ServiceFailure"]
}

// MARK: Wire

extension ListAttachedRolePolicies {
    package static let input: [Member] =
        [
            .required("RoleName", .roleName), .optional("PathPrefix", .policyPath),
        ] + .paging
}
