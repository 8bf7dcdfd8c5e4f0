/// One compiled statement of a policy.
///
/// A class, so that walking a policy's statements copies one reference each and nothing else.
final class Statement: Sendable {
    /// Place in the document, from zero.
    let index: Int
    let sid: String?
    let effect: Effect
    /// Nil in policies that name no principals: they speak about whoever they are attached to.
    let principals: PrincipalSet?
    /// Nil makes the statement ineffective, which only a key policy may have.
    let actions: ActionSet?
    /// Nil makes the statement ineffective, which only a key policy may have.
    let resources: ResourceSet?
    let conditions: [ConditionClause]

    init(
        index: Int,
        sid: String?,
        effect: Effect,
        principals: PrincipalSet?,
        actions: ActionSet?,
        resources: ResourceSet?,
        conditions: [ConditionClause]
    ) {
        self.index = index
        self.sid = sid
        self.effect = effect
        self.principals = principals
        self.actions = actions
        self.resources = resources
        self.conditions = conditions
    }

    /// How closely an applying statement names the caller; `.none` when it does not apply.
    func match(_ evaluation: Evaluation) -> PrincipalMatch {
        guard actions?.matches(evaluation.action) ?? false else { return .none }
        let match = principals?.match(evaluation.caller) ?? .direct
        guard match != .none, resources?.matches(for: effect, evaluation) ?? false else { return .none }
        for condition in conditions where !condition.holds(for: effect, evaluation) { return .none }
        return match
    }

    /// The condition keys that decide whether the statement applies, as they were written.
    var conditionKeys: [ConditionKey] {
        (resources?.patterns.flatMap(\.variableKeys) ?? [])
            + conditions.flatMap { [$0.key] + $0.test.variableKeys }
    }

    /// The same statement with the unique ids of its principals noted.
    func resolvingPrincipals(_ uniqueID: (String) -> String?) -> Statement {
        guard var principals else { return self }
        principals.resolve(uniqueID)
        return Statement(
            index: index,
            sid: sid,
            effect: effect,
            principals: principals,
            actions: actions,
            resources: resources,
            conditions: conditions
        )
    }
}
