package import Operations

/// Takes the boundary from a role.
///
/// Source: IAM API Reference, DeleteRolePermissionsBoundary.
package enum DeleteRolePermissionsBoundary: BoundaryDeleting {
    package typealias Subject = Role

    package static let name = "DeleteRolePermissionsBoundary"
    package static let errors = ["NoSuchEntity", "UnmodifiableEntity", "ServiceFailure"]
}

// MARK: Wire

extension DeleteRolePermissionsBoundary {
    package static let input: [Member] = [.required("RoleName", .roleName)]
}
