package import Operations

/// Lists the tags of a user.
///
/// Source: IAM API Reference, ListUserTags.
package enum ListUserTags: EntityTagListing {
    package typealias Subject = User

    package static let name = "ListUserTags"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension ListUserTags {
    package static let input: [Member] = [.required("UserName", .existingUserName)] + .paging
}
