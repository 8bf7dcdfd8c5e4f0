package import Operations

/// Lists the names of the inline policies of a role.
///
/// Source: IAM API Reference, ListRolePolicies.
package enum ListRolePolicies: InlinePolicyListing {
    package typealias Subject = Role

    package static let name = "ListRolePolicies"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension ListRolePolicies {
    package static let input: [Member] = [.required("RoleName", .roleName)] + .paging
}
