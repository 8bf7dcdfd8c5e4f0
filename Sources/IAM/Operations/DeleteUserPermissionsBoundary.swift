package import Operations

/// Takes the boundary from a user.
///
/// Source: IAM API Reference, DeleteUserPermissionsBoundary.
package enum DeleteUserPermissionsBoundary: BoundaryDeleting {
    package typealias Subject = User

    package static let name = "DeleteUserPermissionsBoundary"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension DeleteUserPermissionsBoundary {
    package static let input: [Member] = [.required("UserName", .userName)]
}
