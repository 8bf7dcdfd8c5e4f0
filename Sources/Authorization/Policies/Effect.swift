/// What a statement does when it applies.
package enum Effect: String, Hashable, Sendable {
    case allow = "Allow"
    case deny = "Deny"
}
