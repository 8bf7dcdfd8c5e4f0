package import Authorization
import IAM

/// Whether a principal may do something, and all that led to it.
package struct AccessAnswer: Sendable {
    package let question: AccessQuestion
    package let principal: ExplainedPrincipal
    /// The ARN that policies were held against: of the key, where an alias was asked about.
    package let resource: String
    package let explanation: Explanation

    package var isAllowed: Bool { explanation.decision.isAllowed }

    /// The answer for an operator: the decision, then every policy with its statements, then the grants.
    package var lines: [String] {
        var lines = [
            "\(isAllowed ? "ALLOWED" : "DENIED")  \(principal.caller.arn)",
            "  \(question.action) on \(resource)",
            "  \(path)",
        ]
        let message = explanation.decision.accessDeniedMessage(
            caller: principal.caller,
            action: question.action,
            resource: resource
        )
        if let message { lines.append("  the caller is told: \(message)") }
        for (title, policy) in titledPolicies {
            lines += ["", title]
            lines += policy.statements.map(Self.line)
        }
        if !explanation.grants.isEmpty {
            lines += ["", "grants"]
            lines += explanation.grants.map { grant in
                grant.match == .none
                    ? "  - grant \(grant.id) does not allow it to the caller"
                    : "  + grant \(grant.id) allows it"
            }
        }
        if !missingKeys.isEmpty {
            lines += [
                "",
                "not known of the request: \(missingKeys.joined(separator: ", ")); give them by --condition",
            ]
        }
        return lines
    }

    /// What led to the decision, in one line.
    package var path: String {
        let decision = explanation.decision
        guard case .allowed(.identityPolicy(let statement, let source)) = decision,
            let origin = origin(of: statement)
        else { return "\(decision)" }
        let leave =
            switch source {
            case .statement(let statement): ", which \(statement) lets decide"
            case .grant(let id): ", which grant \(id) lets decide"
            case nil: ""
            }
        return "allowed by statement \(statement.index + 1) of \(origin)\(leave)"
    }

    /// Condition keys that statements on the action ask for and nobody gave.
    package var missingKeys: [String] {
        var seen: Set<String> = []
        return explanation.statements.flatMap(\.missingKeys).filter { seen.insert($0.lowercased()).inserted }
    }

    /// The policies in the order in which they count, each with where it comes from.
    private var titledPolicies: [(title: String, policy: PolicyFinding)] {
        var origins = principal.origins[...]
        return explanation.policies.map { policy in
            if policy.kind == .identity, let origin = origins.popFirst() { return ("\(origin)", policy) }
            return (policy.kind.title + (policy.name.map { " \($0)" } ?? ""), policy)
        }
    }

    private func origin(of statement: StatementReference) -> PolicyOrigin? {
        let identity = explanation.policies(.identity)
        let index = identity.firstIndex { policy in
            policy.name == statement.policy
                && policy.statements.contains {
                    $0.statement == statement && $0.applies && $0.effect == .allow
                }
        }
        return index.flatMap { principal.origins.indices.contains($0) ? principal.origins[$0] : nil }
    }

    private static func line(_ finding: StatementFinding) -> String {
        let mark = finding.applies ? (finding.effect == .allow ? "+" : "!") : "-"
        let sid = finding.statement.sid.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
        return "  \(mark) statement \(finding.statement.index + 1)\(sid), \(finding.effect.rawValue): "
            + finding.outcome
    }
}
