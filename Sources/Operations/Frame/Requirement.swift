package import AWSProtocol
package import Authorization

/// One permission an operation needs: an action on a resource, under conditions.
///
/// An operation may need several, as ReEncrypt does; all must be granted. A class, because it is looked at from several
/// sides, and a copy would retain each of its many parts.
package final class Requirement: Sendable {
    /// As policies name it: `kms:Encrypt`.
    package let action: String
    package let resource: ProtectedResource
    /// The service's and the operation's own condition keys; asked only when a policy names one.
    package let conditions: any ServiceConditions
    /// Whether AWS lets principals of other accounts use the operation at all.
    package let allowsOtherAccounts: Bool
    /// The text that replaces AWS's usual denial where naming the resource would betray that it exists.
    package let concealingDenial: String?

    package init(
        _ action: String,
        on resource: ProtectedResource,
        conditions: any ServiceConditions,
        allowsOtherAccounts: Bool = false,
        concealingDenial: String? = nil
    ) {
        self.action = action
        self.resource = resource
        self.conditions = conditions
        self.allowsOtherAccounts = allowsOtherAccounts
        self.concealingDenial = concealingDenial
    }
}

/// What a permission is asked for: an ARN with the policies that guard it.
///
/// A class, so that a service can keep the one of a resource that it has in memory.
package final class ProtectedResource: Sendable {
    /// The ARN, or `*` for operations that name no resource.
    package let arn: String
    package let account: AccountID
    /// CloudTrail's type, as in `AWS::KMS::Key`; nil for `*`.
    package let type: String?
    package let policy: PolicyDocument?
    /// Whether an identity policy can allow alone, or only where the resource policy delegates to IAM.
    package let delegation: AuthorizationRequest.Delegation
    /// Asked only when policies did not allow; nil where a service has no grants.
    package let grants: (any GrantSource & Sendable)?

    package init(
        arn: String,
        account: AccountID,
        type: String?,
        policy: PolicyDocument? = nil,
        delegation: AuthorizationRequest.Delegation = .notRequired,
        grants: (any GrantSource & Sendable)? = nil
    ) {
        self.arn = arn
        self.account = account
        self.type = type
        self.policy = policy
        self.delegation = delegation
        self.grants = grants
    }

    /// The resource of operations that name none, guarded by identity policies of the caller's account.
    package static func any(in account: AccountID) -> ProtectedResource {
        ProtectedResource(arn: "*", account: account, type: nil)
    }
}

extension Requirement {
    /// Whether the caller has this permission.
    package func isMet(by call: Call) -> Bool {
        Authorizing.decide(self, for: call).isAllowed
    }
}
