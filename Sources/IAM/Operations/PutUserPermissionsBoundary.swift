package import Operations

/// Bounds what the policies of a user can allow.
///
/// Source: IAM API Reference, PutUserPermissionsBoundary.
package enum PutUserPermissionsBoundary: BoundaryPutting {
    package typealias Subject = User

    package static let name = "PutUserPermissionsBoundary"
    package static let errors = ["NoSuchEntity", "InvalidInput", "PolicyNotAttachable", "ServiceFailure"]
}

// MARK: Wire

extension PutUserPermissionsBoundary {
    package static let input: [Member] = [
        .required("UserName", .userName), .required("PermissionsBoundary", .arn),
    ]
}
