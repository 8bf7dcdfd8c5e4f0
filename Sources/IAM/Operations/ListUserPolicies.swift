package import Operations

/// Lists the names of the inline policies of a user.
///
/// Source: IAM API Reference, ListUserPolicies.
package enum ListUserPolicies: InlinePolicyListing {
    package typealias Subject = User

    package static let name = "ListUserPolicies"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]
}

// MARK: Wire

extension ListUserPolicies {
    package static let input: [Member] = [.required("UserName", .existingUserName)] + .paging
}
