/// The `Resource` or `NotResource` element of a statement; ARNs are case-sensitive.
struct ResourceSet: Sendable {
    let patterns: [ARNPattern]
    let isNegated: Bool

    /// What a trust policy speaks about: the role it belongs to.
    static let everything = ResourceSet()

    private init() {
        patterns = []
        isNegated = true
    }

    /// Compiles the element's values.
    ///
    /// - Throws: ``PolicyError/invalidResource(_:)``, or ``PolicyError/invalidVariable(_:)``.
    init(_ resources: [String], isNegated: Bool, variables: Bool) throws(PolicyError) {
        var patterns: [ARNPattern] = []
        for resource in resources {
            patterns.append(try ARNPattern(parsing: resource, variables: variables))
        }
        self.patterns = patterns
        self.isNegated = isNegated
    }

    func matches(for effect: Effect, _ evaluation: Evaluation) -> Bool {
        var outcome = Comparison.different
        for pattern in patterns {
            if pattern.matchesEverything { return !isNegated }
            outcome = outcome.or(pattern.compare(evaluation.resource.utf8.span, evaluation))
        }
        // A request without a resource says `*`, which is no ARN and simply matches no ARN pattern.
        if outcome == .malformed { outcome = .different }
        return outcome.holds(negated: isNegated, for: effect)
    }
}
