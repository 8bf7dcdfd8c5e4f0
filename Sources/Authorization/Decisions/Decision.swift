/// Whether a request may go ahead, and why.
package enum Decision: Hashable, Sendable {
    case allowed(AllowReason)
    case denied(DenyReason)

    package var isAllowed: Bool {
        if case .allowed = self { true } else { false }
    }
}

/// What allowed a request.
package enum AllowReason: Hashable, Sendable {
    /// A statement of the resource's policy that names the caller.
    case resourcePolicy(StatementReference)
    /// An identity policy, together with the statement or grant that lets the account decide, if one was needed.
    case identityPolicy(StatementReference, delegation: DelegationSource?)
    /// The root user of an account needs no identity policy.
    case rootUser(delegation: DelegationSource?)
    case grant(id: String)
}

/// What lets the policies of the caller's account decide about a resource.
package enum DelegationSource: Hashable, Sendable {
    case statement(StatementReference)
    case grant(id: String)
}

/// What kept a request from being allowed.
package enum DenyReason: Hashable, Sendable {
    /// A Deny statement applies.
    case explicitDeny(StatementReference)
    /// No policy of a kind that is needed allows the action.
    case noAllow(PolicyKind)
    /// The caller belongs to another account, and the operation is not one that crosses accounts.
    case notCrossAccount
    /// The request names no operation or no resource; the engine decides nothing about it.
    case malformedRequest
}
