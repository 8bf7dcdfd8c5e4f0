package import Operations

/// Lists the names of the inline policies of a group.
///
/// Source: IAM API Reference, ListGroupPolicies.
package enum ListGroupPolicies: InlinePolicyListing {
    package typealias Subject = Group

    package static let name = "ListGroupPolicies"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension ListGroupPolicies {
    package static let input: [Member] = [.required("GroupName", .groupName)] + .paging
}
