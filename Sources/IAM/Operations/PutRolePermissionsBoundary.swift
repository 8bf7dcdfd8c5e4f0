package import Operations

/// Bounds what the policies of a role can allow.
///
/// Source: IAM API Reference, PutRolePermissionsBoundary.
package enum PutRolePermissionsBoundary: BoundaryPutting {
    package typealias Subject = Role

    package static let name = "PutRolePermissionsBoundary"
    package static let errors = [
        "NoSuchEntity", "InvalidInput", "UnmodifiableEntity", "PolicyNotAttachable", "ServiceFailure",
    ]
}

// MARK: Wire

extension PutRolePermissionsBoundary {
    package static let input: [Member] = [
        .required("RoleName", .roleName), .required("PermissionsBoundary", .arn),
    ]
}
