extension StatementReference: CustomStringConvertible {
    /// As in `statement 2 (AllowUse) of the key policy`, counted from one.
    package var description: String {
        let sid = sid.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
        return
            "statement \(index + 1)\(sid) of \(policy.map { "\(kind.title) \($0)" } ?? "the \(kind.title)")"
    }
}

extension PolicyKind {
    /// What operators call a policy of this kind.
    package var title: String {
        switch self {
        case .key: "key policy"
        case .resource: "resource policy"
        case .identity: "identity policy"
        case .trust: "trust policy"
        case .session: "session policy"
        case .boundary: "permissions boundary"
        }
    }
}

extension Decision: CustomStringConvertible {
    /// A sentence for an operator, without its full stop: what allowed a request, or which side is missing.
    package var description: String {
        switch self {
        case .allowed(let reason): "allowed by \(reason)"
        case .denied(let reason): "denied: \(reason)"
        }
    }
}

extension AllowReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .resourcePolicy(let statement): "\(statement)"
        case .identityPolicy(let statement, let source): "\(statement)" + Self.leave(source)
        case .rootUser(let source): "the root user's own right" + Self.leave(source)
        case .grant(let id): "grant \(id)"
        }
    }

    private static func leave(_ source: DelegationSource?) -> String {
        switch source {
        case .statement(let statement): ", which \(statement) lets decide"
        case .grant(let id): ", which grant \(id) lets decide"
        case nil: ""
        }
    }
}

extension DenyReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .explicitDeny(let statement): "\(statement) denies it"
        case .noAllow(.key):
            "neither the key policy nor a grant allows it to the caller, or leaves it to the caller's account"
        case .noAllow(.resource): "the resource's side does not allow it to the caller"
        case .noAllow(.trust): "the trust policy does not allow it to the caller"
        case .noAllow(.identity): "no identity policy of the caller allows it"
        case .noAllow(.boundary): "the caller's permissions boundary does not allow it"
        case .noAllow(.session): "no session policy of the caller allows it"
        case .notCrossAccount:
            "the caller is of another account than the resource, and the action does not cross accounts"
        case .malformedRequest: "the request names no action or no resource"
        }
    }
}

extension StatementFinding {
    /// What of the statement matched and what did not, without a full stop.
    package var outcome: String {
        guard matchesAction else { return "is about other actions" }
        if principal == .some(.none) { return "names other principals" }
        guard matchesResource else { return "is about other resources" }
        if let broken = conditions.first(where: { !$0.holds }) { return "does not apply: \(broken)" }
        let way =
            switch principal {
            case .some(.account): " to the caller's account"
            case .some(.issuer): " to the role or user behind the session"
            case .some(.direct), .some(.none), nil: ""
            }
        return effect == .allow ? "allows it\(way)" : "denies it\(way)"
    }
}

extension ConditionFinding: CustomStringConvertible {
    package var description: String {
        let wanted = policyValues.joined(separator: ", ")
        guard let requestValues, !requestValues.isEmpty else {
            return "\(conditionOperator) \(key) is \(wanted), and the request has no such key"
        }
        return "\(conditionOperator) \(key) is \(wanted), and the request has "
            + requestValues.joined(separator: ", ")
    }
}
