/// How an identity policy comes to a user or role: whose it is, and what kind.
package struct PolicyOrigin: Hashable, Sendable {
    /// An identity policy by its place.
    package enum Policy: Hashable, Sendable {
        /// By the name it has in its user, group or role.
        case inline(String)
        case managed(PolicyARN)
    }

    /// The user, group or role that the policy is in or attached to.
    package let holder: EntityLocator
    package let policy: Policy
}

extension PolicyOrigin: CustomStringConvertible {
    /// As in `inline policy keys of group developers`.
    package var description: String {
        switch policy {
        case .inline(let name): "inline policy \(name) of \(holder.type.rawValue) \(holder.name)"
        case .managed(let arn): "managed policy \(arn) of \(holder.type.rawValue) \(holder.name)"
        }
    }
}
