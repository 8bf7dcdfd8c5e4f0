package import Operations

/// Removes tags from a user.
///
/// Source: IAM API Reference, UntagUser.
package enum UntagUser: EntityUntagging {
    package typealias Subject = User

    package static let name = "UntagUser"
    package static let errors = ["NoSuchEntity", "ConcurrentModification", "ServiceFailure"]
}

// MARK: Wire

extension UntagUser {
    package static let input: [Member] = [
        .required("UserName", .existingUserName), .required("TagKeys", .tagKeys),
    ]
}
