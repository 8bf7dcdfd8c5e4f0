/// A decision with every statement and grant that was looked at, and how each matched.
package struct Explanation: Sendable {
    package let decision: Decision
    package let statements: [StatementFinding]
    package let grants: [GrantFinding]
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
}

/// How one condition of a statement came out.
package struct ConditionFinding: Hashable, Sendable {
    package let conditionOperator: String
    package let key: String
    package let policyValues: [String]
    /// Nil when the request does not have the key.
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
            statements: policies.flatMap { policy in
                policy.statements.map { finding($0, of: policy, evaluation) }
            },
            grants: (request.grants?.grants(for: caller) ?? []).map { grant in
                GrantFinding(id: grant.id, match: grant.match(evaluation))
            }
        )
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
                    requestValues: evaluation.values(for: clause.key)?.all,
                    holds: clause.holds(for: statement.effect, evaluation)
                )
            },
            applies: statement.match(evaluation) != .none
        )
    }
}
