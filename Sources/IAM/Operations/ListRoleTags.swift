package import Operations

/// Lists the tags of a role.
///
/// Source: IAM API Reference, ListRoleTags.
package enum ListRoleTags: EntityTagListing {
    package typealias Subject = Role

    package static let name = "ListRoleTags"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension ListRoleTags {
    package static let input: [Member] = [.required("RoleName", .roleName)] + .paging
}
