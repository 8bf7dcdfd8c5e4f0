/// The statements of one effect in a policy, with an index where there are many.
struct StatementList: Sendable {
    /// From so many an index is faster than looking at all.
    static let indexedFrom = 6

    private let statements: [Statement]
    private let index: StatementIndex?

    init(_ statements: [Statement], indexedFrom count: Int) {
        self.statements = statements
        index = statements.count >= count ? StatementIndex(statements) : nil
    }

    var isIndexed: Bool { index != nil }

    /// The first that applies.
    func first(_ evaluation: Evaluation) -> Statement? {
        guard let index, let hashes = evaluation.hashes else {
            for statement in statements where statement.match(evaluation) != .none { return statement }
            return nil
        }
        var first = Int.max
        index.candidates(hashes) { statement, place in
            if place < first, statement.match(evaluation) != .none { first = place }
            return first
        }
        return first == .max ? nil : statements[first]
    }

    /// The first of those that name the caller most closely.
    func closest(_ evaluation: Evaluation) -> (statement: Statement, match: PrincipalMatch)? {
        var best: (statement: Statement, match: PrincipalMatch)?
        guard let index, let hashes = evaluation.hashes else {
            for statement in statements {
                let match = statement.match(evaluation)
                if match > best?.match ?? .none { best = (statement, match) }
                if match == .direct { break }
            }
            return best
        }
        var bestPlace = Int.max
        index.candidates(hashes) { statement, place in
            let match = statement.match(evaluation)
            let bestMatch = best?.match ?? .none
            if match > bestMatch || match != .none && match == bestMatch && place < bestPlace {
                best = (statement, match)
                bestPlace = place
            }
            return best?.match == .direct ? bestPlace : .max
        }
        return best
    }
}
