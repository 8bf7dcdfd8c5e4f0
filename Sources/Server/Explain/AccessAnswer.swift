import AWSProtocol
package import Authorization
import IAM
import Operations
import SecretsManager

/// Whether a principal may do something, and all that led to it.
package struct AccessAnswer: Sendable {
    package let question: AccessQuestion
    package let principal: ExplainedPrincipal
    /// The ARN that policies were held against: of the key, where an alias was asked about.
    package let resource: String
    package let explanation: Explanation
    /// What a service asks for in the principal's name before it does this: the use of a secret's key.
    var needed: [AccessAnswer] = []

    package var isAllowed: Bool {
        explanation.decision.isAllowed && needed.allSatisfy(\.isAllowed)
    }

    /// The answer for an operator: the decision, then every policy with its statements, then the grants; then the
    /// same of what is needed too.
    package var lines: [String] {
        let verdict = isAllowed ? "ALLOWED" : "DENIED"
        var lines = ["\(verdict)  \(principal.caller.arn)", "  \(question.action) on \(resource)"]
        lines += pathLines + policyLines
        for need in needed {
            lines += ["", "NEEDS TOO  \(need.question.action) on \(need.resource)"]
            lines.append("  \(need.ownPath)")
            lines += need.policyLines
        }
        if !missingKeys.isEmpty {
            lines += [
                "",
                "not known of the request: \(missingKeys.joined(separator: ", ")); give them by --condition",
            ]
        }
        return lines
    }

    private var pathLines: [String] {
        var lines = ["  \(path)"]
        let message = explanation.decision.accessDeniedMessage(
            caller: principal.caller,
            action: question.action,
            resource: resource
        )
        if let message {
            lines.append("  the caller is told: \(message)")
        } else if !isAllowed {
            lines.append("  the caller is told: \(SecretsManagerError.keyDenied.wire.message ?? "")")
        }
        return lines
    }

    private var policyLines: [String] {
        var lines: [String] = []
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
        return lines
    }

    /// What led to the decision, in one line.
    package var path: String {
        guard explanation.decision.isAllowed else { return ownPath }
        return needed.reduce(ownPath) { path, need in
            need.explanation.decision.isAllowed
                ? "\(path); \(need.question.action) on its key \(need.ownPath)"
                : "\(path), but it needs \(need.question.action) on its key too, which is \(need.ownPath)"
        }
    }

    /// The same without what is needed too.
    private var ownPath: String {
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
        return ([self] + needed).flatMap(\.explanation.statements).flatMap(\.missingKeys)
            .filter { seen.insert($0.lowercased()).inserted }
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
