package import Operations

/// Lists the managed policies that are attached to a user.
///
/// Source: IAM API Reference, ListAttachedUserPolicies.
package enum ListAttachedUserPolicies: AttachedPolicyListing {
    package typealias Subject = User

    package static let name = "ListAttachedUserPolicies"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ServiceFailure"]
}

// MARK: Wire

extension ListAttachedUserPolicies {
    package static let input: [Member] =
        [
            .required("UserName", .userName), .optional("PathPrefix", .policyPath),
        ] + .paging
}
