package import Operations

/// Removes tags from a role.
///
/// Source: IAM API Reference, UntagRole.
package enum UntagRole: EntityUntagging {
    package typealias Subject = Role

    package static let name = "UntagRole"
    package static let errors = ["NoSuchEntity", "ConcurrentModification", "ServiceFailure"]
}

// MARK: Wire

extension UntagRole {
    package static let input: [Member] = [.required("RoleName", .roleName), .required("TagKeys", .tagKeys)]
}
