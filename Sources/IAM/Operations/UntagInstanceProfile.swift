package import Operations

/// Removes tags from an instance profile.
///
/// Source: IAM API Reference, UntagInstanceProfile.
package enum UntagInstanceProfile: EntityUntagging {
    package typealias Subject = InstanceProfile

    package static let name = "UntagInstanceProfile"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ConcurrentModification", "ServiceFailure"]
}

// MARK: Wire

extension UntagInstanceProfile {
    package static let input: [Member] = [
        .required("InstanceProfileName", .instanceProfileName), .required("TagKeys", .tagKeys),
    ]
}
