package import Operations

/// Adds tags to an instance profile, or changes the values of those it has.
///
/// Source: IAM API Reference, TagInstanceProfile.
package enum TagInstanceProfile: EntityTagging {
    package typealias Subject = InstanceProfile

    package static let name = "TagInstanceProfile"
    package static let errors = [
        "NoSuchEntity", "InvalidInput", "LimitExceeded", "ConcurrentModification", "ServiceFailure",
    ]
}

// MARK: Wire

extension TagInstanceProfile {
    package static let input: [Member] = [
        .required("InstanceProfileName", .instanceProfileName), .required("Tags", .tags),
    ]
}
