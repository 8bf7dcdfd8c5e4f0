package import Operations

/// Adds tags to a role, or changes the values of those it has.
///
/// Source: IAM API Reference, TagRole.
package enum TagRole: EntityTagging {
    package typealias Subject = Role

    package static let name = "TagRole"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "ConcurrentModification", "ServiceFailure",
    ]
}

// MARK: Wire

extension TagRole {
    package static let input: [Member] = [.required("RoleName", .roleName), .required("Tags", .tags)]
}
