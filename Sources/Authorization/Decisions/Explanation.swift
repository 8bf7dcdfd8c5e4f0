/// A decision with every policy, statement and grant that was looked at, and how each matched.
package struct Explanation: Sendable {
    package let decision: Decision
    /// The resource's policy if it has one, the caller's in their order, its boundary, its session policies.
    package let policies: [PolicyFinding]
    package let grants: [GrantFinding]

    package var statements: [StatementFinding] { policies.flatMap(\.statements) }

    /// The findings on policies of a kind.
    package func policies(_ kind: PolicyKind) -> [PolicyFinding] { policies.filter { $0.kind == kind } }
}

/// How the statements of one policy matched a request.
package struct PolicyFinding: Hashable, Sendable {
    package let kind: PolicyKind
    package let name: String?
    /// The policy's text.
    package let source: String
    package let statements: [StatementFinding]

    /// Whether the policy by itself allows the request.
    package var allows: Bool {
        statements.contains { $0.applies && $0.effect == .allow }
            && !statements.contains { $0.applies && $0.effect == .deny }
    }
}

/// How one statement matched a request.
package struct StatementFinding: Hashable, Sendable {
    package let statement: StatementReference
    package let effect: Effect
    /// How closely the caller is named; nil in policies that name no principals.
    package let principal: PrincipalMatch?
    package let matchesAction: Bool
    package let matchesResource: Bool
    package let conditions: [ConditionFinding]
    /// Whether all of it matched, so that the statement took part in the decision.
    package let applies: Bool
    /// Keys, as they were written, without which it cannot be told whether a statement on this action applies.
    package let missingKeys: [String]

    package init(
        statement: StatementReference,
        effect: Effect,
        principal: PrincipalMatch?,
        matchesAction: Bool,
        matchesResource: Bool,
        conditions: [ConditionFinding],
        applies: Bool,
        missingKeys: [String] = []
    ) {
        self.statement = statement
        self.effect = effect
        self.principal = principal
        self.matchesAction = matchesAction
        self.matchesResource = matchesResource
        self.conditions = conditions
        self.applies = applies
        self.missingKeys = missingKeys
    }
}

/// How one condition of a statement came out.
package struct ConditionFinding: Hashable, Sendable {
    package let conditionOperator: String
    package let key: String
    package let policyValues: [String]
    /// Nil when the request does not have the key; of a confidential key it is told only that there is one.
    package let requestValues: [String]?
    package let holds: Bool
}

/// How one grant matched a request.
package struct GrantFinding: Hashable, Sendable {
    package let id: String
    package let match: PrincipalMatch
}

extension Authorizer {
    /// Decides a request and tells how.
    package static func explain(_ request: AuthorizationRequest) -> Explanation {
        let evaluation = Evaluation(request)
        let caller = request.caller
        let policies =
            [request.resourcePolicy].compactMap(\.self) + caller.identityPolicies
            + [caller.boundary].compactMap(\.self) + (caller.sessionPolicies ?? [])
        return Explanation(
            decision: decide(request),
            policies: policies.map { policy in
                PolicyFinding(
                    kind: policy.kind,
                    name: policy.name,
                    source: policy.source,
                    statements: policy.statements.map { finding($0, of: policy, evaluation) }
                )
            },
            grants: (request.grants?.grants(for: caller) ?? []).map { grant in
                GrantFinding(id: grant.id, match: grant.match(evaluation))
            }
        )
    }

    /// What a request has of some condition keys; those that it does not have are left out.
    package static func values(
        of keys: [ConditionKey],
        in request: AuthorizationRequest
    ) -> [(key: ConditionKey, values: [String])] {
        let evaluation = Evaluation(request)
        return keys.compactMap { key in
            guard let values = evaluation.values(for: key), !values.isEmpty else { return nil }
            return (key, values.told(of: key))
        }
    }

    private static func finding(
        _ statement: Statement,
        of policy: PolicyDocument,
        _ evaluation: Evaluation
    ) -> StatementFinding {
        StatementFinding(
            statement: policy.reference(to: statement),
            effect: statement.effect,
            principal: statement.principals?.match(evaluation.caller),
            matchesAction: statement.actions?.matches(evaluation.action) ?? false,
            matchesResource: statement.resources?.matches(for: statement.effect, evaluation) ?? false,
            conditions: statement.conditions.map { clause in
                ConditionFinding(
                    conditionOperator: clause.conditionOperator.name,
                    key: clause.key.description,
                    policyValues: clause.writtenValues,
                    requestValues: evaluation.values(for: clause.key)?.told(of: clause.key),
                    holds: clause.holds(for: statement.effect, evaluation)
                )
            },
            applies: statement.match(evaluation) != .none,
            missingKeys: statement.missingKeys(evaluation)
        )
    }
}

extension ConditionValues {
    /// The values as reports show them.
    fileprivate func told(of key: ConditionKey) -> [String] {
        key.isConfidential ? all.map { _ in "<redacted>" } : all
    }
}

extension Statement {
    /// The keys the request lacks, if the statement speaks of its action, its caller and, as far as can be told
    /// without them, its resource.
    fileprivate func missingKeys(_ evaluation: Evaluation) -> [String] {
        guard actions?.matches(evaluation.action) ?? false,
            principals.map({ $0.match(evaluation.caller) != .none }) ?? true, let resources
        else { return [] }
        let isMissing = { (key: ConditionKey) in evaluation.values(for: key)?.isEmpty ?? true }
        guard
            resources.matches(for: effect, evaluation)
                || resources.patterns.contains(where: { $0.variableKeys.contains(where: isMissing) })
        else { return [] }
        return conditionKeys.filter(isMissing).map(\.written)
    }
}
