package import Operations

/// Adds tags to a managed policy, or changes the values of those it has.
///
/// Source: IAM API Reference, TagPolicy.
package enum TagPolicy: EntityTagging {
    package typealias Subject = ManagedPolicy

    package static let name = "TagPolicy"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "ConcurrentModification", "ServiceFailure",
    ]
}

// MARK: Wire

extension TagPolicy {
    package static let input: [Member] = [.required("PolicyArn", .arn), .required("Tags", .tags)]
}
