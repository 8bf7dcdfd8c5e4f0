package import Operations

/// Lists the tags of a managed policy.
///
/// Source: IAM API Reference, ListPolicyTags.
package enum ListPolicyTags: EntityTagListing {
    package typealias Subject = ManagedPolicy

    package static let name = "ListPolicyTags"
    package static let errors = ["NoSuchEntity", "ServiceFailure", "InvalidInput"]
}

// MARK: Wire

extension ListPolicyTags {
    package static let input: [Member] = [.required("PolicyArn", .arn)] + .paging
}
