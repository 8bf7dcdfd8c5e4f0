package import Operations

/// Lists the managed policies that are attached to a group.
///
/// Source: IAM API Reference, ListAttachedGroupPolicies.
package enum ListAttachedGroupPolicies: AttachedPolicyListing {
    package typealias Subject = Group

    package static let name = "ListAttachedGroupPolicies"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ServiceFailure"]
}

// MARK: Wire

extension ListAttachedGroupPolicies {
    package static let input: [Member] =
        [
            .required("GroupName", .groupName), .optional("PathPrefix", .policyPath),
        ] + .paging
}
