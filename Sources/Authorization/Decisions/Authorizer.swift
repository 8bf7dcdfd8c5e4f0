/// Decides requests for every service.
///
/// An explicit deny anywhere wins. In one account a request is allowed by a resource policy that names the
/// caller, by an identity policy (if the resource's policy lets the account decide, where that is required),
/// or by a grant; across accounts both sides must allow. Boundaries and session policies limit as AWS
/// documents. Whatever is not allowed is denied.
///
/// Source: IAM User Guide, "Policy evaluation logic"; KMS Developer Guide, "Troubleshooting key access".
package enum Authorizer {
    /// Decides one request: synchronous, without locks, and without allocating where no statement involved has
    /// conditions.
    package static func decide(_ request: AuthorizationRequest) -> Decision {
        guard isWellFormed(request) else { return .denied(.malformedRequest) }
        let evaluation = Evaluation(request)
        if let denial = explicitDenial(request, evaluation) { return .denied(.explicitDeny(denial)) }
        guard let account = request.caller.account else { return decideWithoutAccount(request, evaluation) }
        return account == request.resourceAccount
            ? decideInAccount(request, evaluation) : decideAcrossAccounts(request, evaluation)
    }

    private static func isWellFormed(_ request: AuthorizationRequest) -> Bool {
        !request.resource.isEmpty && !request.resourceAccount.isEmpty
            && request.action.utf8.contains(UInt8(ascii: ":"))
    }

    private static func explicitDenial(
        _ request: AuthorizationRequest,
        _ evaluation: Evaluation
    ) -> StatementReference? {
        let caller = request.caller
        if let denial = denial(request.resourcePolicy, evaluation) { return denial }
        for policy in caller.identityPolicies {
            if let denial = denial(policy, evaluation) { return denial }
        }
        if let denial = denial(caller.boundary, evaluation) { return denial }
        guard let policies = caller.sessionPolicies else { return nil }
        for policy in policies {
            if let denial = denial(policy, evaluation) { return denial }
        }
        return nil
    }

    private static func denial(_ policy: PolicyDocument?, _ evaluation: Evaluation) -> StatementReference? {
        guard let policy, let statement = policy.denial(evaluation) else { return nil }
        return policy.reference(to: statement)
    }
}

// MARK: Branches

extension Authorizer {
    /// Services, bearers of foreign tokens and the anonymous have no identity policies: the resource decides.
    private static func decideWithoutAccount(
        _ request: AuthorizationRequest,
        _ evaluation: Evaluation
    ) -> Decision {
        if let policy = request.resourcePolicy, let (statement, _) = policy.allowance(evaluation) {
            return .allowed(.resourcePolicy(policy.reference(to: statement)))
        }
        if let (grant, _) = grant(request, evaluation) { return .allowed(.grant(id: grant.id)) }
        return .denied(.noAllow(request.resourceSide))
    }

    private static func decideInAccount(
        _ request: AuthorizationRequest,
        _ evaluation: Evaluation
    ) -> Decision {
        var shortfall: PolicyKind?
        var delegation: DelegationSource?
        if let policy = request.resourcePolicy, let (statement, match) = policy.allowance(evaluation) {
            let reference = policy.reference(to: statement)
            if match == .direct { return .allowed(.resourcePolicy(reference)) }
            if match == .issuer {
                shortfall = limit(request.caller, evaluation)
                if shortfall == nil { return .allowed(.resourcePolicy(reference)) }
            }
            delegation = .statement(reference)
        }
        if delegation != nil || request.delegation == .notRequired {
            switch identitySide(request.caller, delegation, evaluation) {
            case .allowed(let reason): return .allowed(reason)
            case .denied(let kind): shortfall = shortfall ?? kind
            }
        }
        if let (grant, match) = grant(request, evaluation) {
            switch match {
            case .direct: return .allowed(.grant(id: grant.id))
            case .issuer:
                guard let kind = limit(request.caller, evaluation) else {
                    return .allowed(.grant(id: grant.id))
                }
                shortfall = shortfall ?? kind
            case .account:
                switch identitySide(request.caller, .grant(id: grant.id), evaluation) {
                case .allowed(let reason): return .allowed(reason)
                case .denied(let kind): shortfall = shortfall ?? kind
                }
            case .none: break
            }
        }
        return .denied(.noAllow(shortfall ?? request.resourceSide))
    }

    /// Both sides must allow: the resource's policy or a grant, and the policies of the caller's account.
    private static func decideAcrossAccounts(
        _ request: AuthorizationRequest,
        _ evaluation: Evaluation
    ) -> Decision {
        guard request.allowsCrossAccount else { return .denied(.notCrossAccount) }
        let source: DelegationSource
        if let policy = request.resourcePolicy, let (statement, _) = policy.allowance(evaluation) {
            source = .statement(policy.reference(to: statement))
        } else if let (grant, _) = grant(request, evaluation) {
            source = .grant(id: grant.id)
        } else {
            return .denied(.noAllow(request.resourceSide))
        }
        switch identitySide(request.caller, source, evaluation) {
        case .allowed(let reason): return .allowed(reason)
        case .denied(let kind): return .denied(.noAllow(kind))
        }
    }
}

// MARK: Sides

extension Authorizer {
    private enum IdentitySide {
        case allowed(AllowReason)
        /// The kind of policy that does not allow.
        case denied(PolicyKind)
    }

    /// What the caller's own policies say, within its boundary and session policies.
    private static func identitySide(
        _ caller: Caller,
        _ delegation: DelegationSource?,
        _ evaluation: Evaluation
    ) -> IdentitySide {
        if caller.type == .root { return .allowed(.rootUser(delegation: delegation)) }
        for policy in caller.identityPolicies {
            guard let (statement, _) = policy.allowance(evaluation) else { continue }
            if let kind = limit(caller, evaluation) { return .denied(kind) }
            return .allowed(.identityPolicy(policy.reference(to: statement), delegation: delegation))
        }
        return .denied(.identity)
    }

    /// The kind of policy that limits the caller below this request; nil when none does.
    private static func limit(_ caller: Caller, _ evaluation: Evaluation) -> PolicyKind? {
        if let boundary = caller.boundary, boundary.allowance(evaluation) == nil { return .boundary }
        guard let policies = caller.sessionPolicies else { return nil }
        for policy in policies where policy.allowance(evaluation) != nil { return nil }
        return .session
    }

    /// The grant that names the caller most closely.
    private static func grant(
        _ request: AuthorizationRequest,
        _ evaluation: Evaluation
    ) -> (grant: Grant, match: PrincipalMatch)? {
        guard let source = request.grants else { return nil }
        var best: (grant: Grant, match: PrincipalMatch)?
        for grant in source.grants(for: request.caller) {
            let match = grant.match(evaluation)
            if match > best?.match ?? .none { best = (grant, match) }
            if match == .direct { break }
        }
        return best
    }
}

extension AuthorizationRequest {
    /// The kind that a message about the resource's side names.
    fileprivate var resourceSide: PolicyKind { resourcePolicy?.kind ?? .resource }
}
