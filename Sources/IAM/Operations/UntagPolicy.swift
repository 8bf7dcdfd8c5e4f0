package import Operations

/// Removes tags from a managed policy.
///
/// Source: IAM API Reference, UntagPolicy.
package enum UntagPolicy: EntityUntagging {
    package typealias Subject = ManagedPolicy

    package static let name = "UntagPolicy"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ConcurrentModification", "ServiceFailure"]
}

// MARK: Wire

extension UntagPolicy {
    package static let input: [Member] = [.required("PolicyArn", .arn), .required("TagKeys", .tagKeys)]
}
