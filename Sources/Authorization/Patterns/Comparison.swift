/// How one value of a request compares with the values a policy lists.
enum Comparison: Hashable, Sendable {
    case equal
    case different
    /// A policy variable has no single value in this request.
    case unresolved
    /// The request's value is not of the type that the operator compares.
    case malformed

    /// Joins the answers for several listed values, of which one equal is enough.
    func or(_ other: Comparison) -> Comparison {
        switch (self, other) {
        case (.equal, _), (_, .equal): .equal
        case (.malformed, _), (_, .malformed): .malformed
        case (.unresolved, _), (_, .unresolved): .unresolved
        case (.different, .different): .different
        }
    }

    /// Whether a condition holds, read so that doubt never widens access.
    ///
    /// A value of the wrong type makes a Deny apply and an Allow fail. An unresolved variable makes a positive
    /// operator false, as AWS does; a negated operator then holds for a Deny only.
    func holds(negated: Bool, for effect: Effect) -> Bool {
        switch self {
        case .equal: !negated
        case .different: negated
        case .unresolved: negated && effect == .deny
        case .malformed: effect == .deny
        }
    }
}
