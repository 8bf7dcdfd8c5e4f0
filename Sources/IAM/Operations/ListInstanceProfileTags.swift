package import Operations

/// Lists the tags of an instance profile.
///
/// Source: IAM API Reference, ListInstanceProfileTags.
package enum ListInstanceProfileTags: EntityTagListing {
    package typealias Subject = InstanceProfile

    package static let name = "ListInstanceProfileTags"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension ListInstanceProfileTags {
    package static let input: [Member] =
        [
            .required("InstanceProfileName", .instanceProfileName)
        ] + .paging
}
