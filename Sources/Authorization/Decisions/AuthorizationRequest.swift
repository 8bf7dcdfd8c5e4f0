/// All that a decision depends on.
///
/// A class, because every step of a decision looks at it, and a copy would retain each of its many parts.
package final class AuthorizationRequest {
    /// What an identity policy is worth to a caller of the resource's own account.
    package enum Delegation: Hashable, Sendable {
        /// It counts only when the resource's policy allows the account: KMS keys and role trust.
        case required
        /// It suffices alone: every other service.
        case notRequired
    }

    package let caller: Caller
    /// Service prefix and operation, such as `kms:Encrypt`.
    package let action: String
    /// The resource's ARN, or `*` for an operation on no resource.
    package let resource: String
    /// The account that owns the resource.
    package let resourceAccount: String
    package let resourcePolicy: PolicyDocument?
    package let delegation: Delegation
    /// Whether the operation may be called from another account at all.
    package let allowsCrossAccount: Bool
    package let grants: (any GrantSource)?
    package let context: any ConditionContext
    /// What a simulation assumes; nil for a request that somebody makes.
    package var simulation: Simulation?

    package init(
        caller: Caller,
        action: String,
        resource: String,
        resourceAccount: String,
        resourcePolicy: PolicyDocument?,
        delegation: Delegation,
        allowsCrossAccount: Bool,
        grants: (any GrantSource)? = nil,
        context: any ConditionContext
    ) {
        self.caller = caller
        self.action = action
        self.resource = resource
        self.resourceAccount = resourceAccount
        self.resourcePolicy = resourcePolicy
        self.delegation = delegation
        self.allowsCrossAccount = allowsCrossAccount
        self.grants = grants
        self.context = context
    }
}
