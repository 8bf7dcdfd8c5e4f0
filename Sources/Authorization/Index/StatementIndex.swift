/// Finds the statements of one effect in a policy that may be about a request, without looking at the others.
///
/// Statements are found by the exact action, by the service prefix of an action with wildcards, or always; and
/// among these by what an ARN pattern has before its first wildcard or variable. What is found is then matched
/// like any statement, so the index can change how long a decision takes and never what is decided.
struct StatementIndex: Sendable {
    /// Statements that share an action or a service, in ascending order each.
    private struct Bucket: Sendable {
        /// Those that may be about any resource.
        let anyResource: [Int32]
        /// Those that name a resource in full.
        let byName: HashIndex
        /// The lengths of the literal beginnings of patterns with wildcards or variables, ascending.
        let lengths: [Int]
        let byBeginning: HashIndex
        let lists: [[Int32]]
    }

    private let statements: [Statement]
    private let buckets: [Bucket]
    private let byAction: HashIndex
    private let byService: HashIndex
    private let anyService: Bucket

    init(_ statements: [Statement]) {
        self.statements = statements
        var actions: [UInt64: [Int32]] = [:]
        var services: [UInt64: [Int32]] = [:]
        var others: [Int32] = []
        for (position, statement) in statements.enumerated() {
            // A statement without either element never applies.
            guard let set = statement.actions, statement.resources != nil else { continue }
            for place in Self.places(of: set) {
                switch place {
                case .action(let hash): actions[hash, default: []].append(Int32(position))
                case .service(let hash): services[hash, default: []].append(Int32(position))
                case .anywhere: others.append(Int32(position))
                }
            }
        }
        var buckets: [Bucket] = []
        func table(_ lists: [UInt64: [Int32]]) -> HashIndex {
            HashIndex(
                lists.mapValues { list in
                    buckets.append(Self.bucket(list, of: statements))
                    return Int32(buckets.count - 1)
                }
            )
        }
        byAction = table(actions)
        byService = table(services)
        anyService = Self.bucket(others, of: statements)
        self.buckets = buckets
    }

    /// Calls `body` with each statement that may be about the request, and its place; in no particular order.
    ///
    /// `body` returns how many of the further statements of a list are of interest: those before that place.
    @inline(__always)
    func candidates(_ hashes: RequestHashes, _ body: (Statement, _ place: Int) -> Int) {
        visit(anyService, hashes, body)
        if let bucket = byAction[hashes.action] { visit(buckets[bucket], hashes, body) }
        if let bucket = byService[hashes.service] { visit(buckets[bucket], hashes, body) }
    }

    private func visit(_ bucket: Bucket, _ hashes: RequestHashes, _ body: (Statement, Int) -> Int) {
        visit(bucket.anyResource, body)
        if let whole = hashes.resource.last, let list = bucket.byName[whole] {
            visit(bucket.lists[list], body)
        }
        for length in bucket.lengths {
            guard length < hashes.resource.count else { return }
            if let list = bucket.byBeginning[hashes.resource[length]] { visit(bucket.lists[list], body) }
        }
    }

    private func visit(_ list: [Int32], _ body: (Statement, Int) -> Int) {
        var end = Int.max
        for place in list {
            guard Int(place) < end else { return }
            end = body(statements[Int(place)], Int(place))
        }
    }
}

// MARK: Making

extension StatementIndex {
    /// Where a statement is found.
    private enum Place: Hashable {
        case action(UInt64)
        case service(UInt64)
        case anywhere
    }

    private static func places(of set: ActionSet) -> Set<Place> {
        if set.isNegated { return [.anywhere] }
        let places = set.patterns.map { pattern -> Place in
            let literal = pattern.literalBeginning
            if literal.isWhole { return .action(TextHash.of(literal.bytes)) }
            guard let colon = literal.bytes.firstIndex(of: UInt8(ascii: ":")) else { return .anywhere }
            return .service(TextHash.of(literal.bytes[..<colon]))
        }
        // Looked at always, it need not be found elsewhere too.
        return places.contains(.anywhere) ? [.anywhere] : Set(places)
    }

    private static func bucket(_ list: [Int32], of statements: [Statement]) -> Bucket {
        var anyResource: [Int32] = []
        var names: [UInt64: [Int32]] = [:]
        var beginnings: [UInt64: [Int32]] = [:]
        var lengths: Set<Int> = []
        for place in list {
            let literals = statements[Int(place)].resources?.literalBeginnings
            guard let literals else {
                anyResource.append(place)
                continue
            }
            for literal in Set(literals) {
                let hash = TextHash.of(literal.bytes)
                if literal.isWhole {
                    names[hash, default: []].append(place)
                } else {
                    beginnings[hash, default: []].append(place)
                    lengths.insert(literal.bytes.count)
                }
            }
        }
        var lists: [[Int32]] = []
        func table(_ places: [UInt64: [Int32]]) -> HashIndex {
            HashIndex(
                places.mapValues { list in
                    lists.append(list)
                    return Int32(lists.count - 1)
                }
            )
        }
        let byName = table(names)
        let byBeginning = table(beginnings)
        return Bucket(
            anyResource: anyResource,
            byName: byName,
            lengths: lengths.sorted(),
            byBeginning: byBeginning,
            lists: lists
        )
    }
}

/// What every text that a pattern matches begins with.
struct LiteralBeginning: Hashable {
    let bytes: [UInt8]
    /// Whether the pattern matches this text alone.
    let isWhole: Bool
}

extension ResourceSet {
    /// What the ARNs of each pattern begin with; nil when some text of any beginning may match.
    fileprivate var literalBeginnings: [LiteralBeginning]? {
        guard !isNegated else { return nil }
        let beginnings = patterns.map(\.literalBeginning)
        return beginnings.contains(where: \.bytes.isEmpty) ? nil : beginnings
    }
}
