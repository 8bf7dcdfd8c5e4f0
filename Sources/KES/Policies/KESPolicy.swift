/// What some identities may call.
package struct KESPolicy: Hashable, Sendable {
    package let name: String
    package let allow: [PathPattern]
    package let deny: [PathPattern]

    package init(name: String, allow: [PathPattern], deny: [PathPattern]) {
        self.name = name
        self.allow = allow
        self.deny = deny
    }

    /// Decides about a path: a `deny` that matches in either reading wins; then an `allow` that does.
    package func decide(_ path: [UInt8]) -> PolicyDecision {
        if let pattern = deny.first(where: { $0.matches(path) }) {
            return .deniedByRule(policy: name, pattern: pattern)
        }
        if let pattern = allow.first(where: { $0.matches(path) }) {
            return .allowedByRule(policy: name, pattern: pattern)
        }
        return .deniedWithoutRule(policy: name)
    }

    /// What the operator should know about its rules, one sentence each.
    package var warnings: [String] {
        let rules = deny.map { ("deny", $0) } + allow.map { ("allow", $0) }
        return rules.compactMap { kind, pattern in
            pattern.ambiguity.map { reason in
                "policy '\(name)': \(kind) '\(pattern)' means different things to releases of KES: \(reason); "
                    + (kind == "deny" ? "what either denies is denied" : "what either allows is allowed")
            }
        }
    }
}

/// The answer to "may this identity call this path", with its reason.
package enum PolicyDecision: Hashable, Sendable {
    case allowedAsAdmin
    case allowedByRule(policy: String, pattern: PathPattern)
    case deniedByRule(policy: String, pattern: PathPattern)
    case deniedWithoutRule(policy: String)
    case deniedWithoutPolicy

    package var isAllowed: Bool {
        switch self {
        case .allowedAsAdmin, .allowedByRule: true
        case .deniedByRule, .deniedWithoutRule, .deniedWithoutPolicy: false
        }
    }

    /// One sentence for the operator's log; `path` is what was called.
    package func explanation(_ identity: Identity, _ path: String) -> String {
        switch self {
        case .allowedAsAdmin: "\(identity) is the admin"
        case .allowedByRule(let policy, let pattern):
            "policy '\(policy)' allows \(path) by '\(pattern)'"
        case .deniedByRule(let policy, let pattern):
            "policy '\(policy)' denies \(path) by '\(pattern)'"
        case .deniedWithoutRule(let policy):
            "policy '\(policy)' of \(identity) has no rule that allows \(path)"
        case .deniedWithoutPolicy:
            "\(identity) is in no policy; \(path) needs one that allows it"
        }
    }
}
