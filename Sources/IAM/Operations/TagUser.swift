package import Operations

/// Adds tags to a user, or changes the values of those it has.
///
/// Source: IAM API Reference, TagUser.
package enum TagUser: EntityTagging {
    package typealias Subject = User

    package static let name = "TagUser"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "ConcurrentModification", "ServiceFailure",
    ]
}

// MARK: Wire

extension TagUser {
    package static let input: [Member] = [
        .required("UserName", .existingUserName), .required("Tags", .tags),
    ]
}
