/// One key of one operator in a `Condition` element, ready to be evaluated.
///
/// A class, because requests are held against it clause by clause, and a copy would retain each of its parts.
final class ConditionClause: Sendable {
    let conditionOperator: ConditionOperator
    let key: ConditionKey
    /// The values as written, for explanations.
    let writtenValues: [String]
    let test: ConditionTest

    /// Compiles the values of a key.
    ///
    /// - Throws: ``PolicyError/invalidConditionValue(conditionOperator:value:)``, or
    ///   ``PolicyError/invalidVariable(_:)``.
    init(
        _ conditionOperator: ConditionOperator,
        _ key: ConditionKey,
        _ values: [String],
        variables: Bool
    ) throws(PolicyError) {
        self.conditionOperator = conditionOperator
        self.key = key
        writtenValues = values
        test = try ConditionTest(conditionOperator.kind, values, variables: variables)
    }

    /// Whether the condition is fulfilled.
    ///
    /// A missing key makes positive operators false, negated ones, `IfExists` and `ForAllValues` true. A
    /// single-valued comparison against several values must hold for all of them in an Allow and for any of
    /// them in a Deny: AWS leaves that case undefined, and this reading never widens access.
    func holds(for effect: Effect, _ evaluation: Evaluation) -> Bool {
        let values = evaluation.values(for: key)
        if case .null(let expected) = test {
            return expected.contains(values?.isEmpty ?? true)
        }
        guard let values, !values.isEmpty else { return holdsWithoutKey }
        switch (conditionOperator.quantifier, values) {
        case (nil, .single(let value)):
            return holds(value, for: effect, evaluation)
        case (nil, .multiple(let list)):
            return effect == .allow
                ? list.allSatisfy { holds($0, for: effect, evaluation) }
                : list.contains { holds($0, for: effect, evaluation) }
        case (.forAllValues?, let values):
            // An empty string is AWS's "null data set": it counts as no value.
            return values.all.allSatisfy { $0.isEmpty || holds($0, for: effect, evaluation) }
        case (.forAnyValue?, let values):
            return values.all.contains { !$0.isEmpty && holds($0, for: effect, evaluation) }
        }
    }

    private var holdsWithoutKey: Bool {
        if conditionOperator.ifExists { return true }
        return switch conditionOperator.quantifier {
        case .forAllValues: true
        case .forAnyValue: false
        case nil: conditionOperator.kind.isNegated
        }
    }

    private func holds(_ value: String, for effect: Effect, _ evaluation: Evaluation) -> Bool {
        test.compare(value, evaluation).holds(negated: conditionOperator.kind.isNegated, for: effect)
    }
}
