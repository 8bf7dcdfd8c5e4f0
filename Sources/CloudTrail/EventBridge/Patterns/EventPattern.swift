package import AWSProtocol

/// An event pattern, read once and compiled: which events a rule means, or which messages a subscription wants.
///
/// Every field that a pattern names must match; of the values listed for a field one must. Where an event has a
/// list, one element must match. Source: EventBridge User Guide, "Comparison operators for use in event
/// patterns".
package struct EventPattern: Sendable {
    let root: Group

    /// The fields of one level and the alternatives of `$or`; all must match.
    struct Group: Sendable {
        var fields: [(name: String, node: Node)] = []
        /// Each entry is one `$or`: one of its groups must match.
        var alternatives: [[Group]] = []
    }

    /// What a field may be.
    indirect enum Node: Sendable {
        case values([ValueTest])
        case group(Group)
    }

    /// Reads and compiles a pattern.
    ///
    /// - Throws: the first fault, in a sentence for the author.
    package init(parsing text: String) throws(EventPatternError) {
        root = try EventPatternParser.parse(text)
    }

    /// Whether an event, or a message, is one that is meant.
    package func matches(_ event: JSON) -> Bool { root.matches(event) }

    /// The texts that the field at a path may have, when the pattern allows no others; nil when it may have any.
    ///
    /// What tells in advance that most events need not be looked at.
    func requiredTexts(at path: [String]) -> Set<String>? {
        var group = root
        for name in path.dropLast() {
            guard case .group(let next)? = group.node(name) else { return nil }
            group = next
        }
        guard let last = path.last, case .values(let tests)? = group.node(last) else { return nil }
        var texts: Set<String> = []
        for test in tests {
            guard case .text(let text) = test else { return nil }
            texts.insert(text)
        }
        return texts
    }

    /// How many fields have values to match, and the product of how many values each has.
    var complexity: (fields: Int, combinations: Int) { root.complexity }
}

extension EventPattern.Group {
    func node(_ name: String) -> EventPattern.Node? { fields.first { $0.name == name }?.node }

    /// Nil is the absent value.
    func matches(_ value: JSON?) -> Bool {
        // One element of a list must match as a whole.
        if case .array(let elements)? = value {
            let objects = elements.filter { $0.isObjectOrList }
            return objects.isEmpty ? matches(nil) : objects.contains { matches($0) }
        }
        for (name, node) in fields {
            let member = value?[name]
            switch node {
            case .values(let tests): guard ValueTest.anyMatches(tests, member) else { return false }
            case .group(let group): guard group.matches(member) else { return false }
            }
        }
        return alternatives.allSatisfy { groups in groups.contains { $0.matches(value) } }
    }

    fileprivate var complexity: (fields: Int, combinations: Int) {
        var count = 0
        var product = 1
        func add(_ other: (fields: Int, combinations: Int)) {
            count += other.fields
            // The limit is small; beyond it the number does not matter.
            product = min(product * max(other.combinations, 1), 1 << 20)
        }
        for (_, node) in fields {
            switch node {
            case .values(let tests): add((1, tests.count))
            case .group(let group): add(group.complexity)
            }
        }
        for groups in alternatives {
            let parts = groups.map(\.complexity)
            add((parts.reduce(0) { $0 + $1.fields }, min(parts.reduce(0) { $0 + $1.combinations }, 1 << 20)))
        }
        return (count, product)
    }
}

extension JSON {
    fileprivate var isObjectOrList: Bool {
        switch self {
        case .object, .array: true
        case .null, .bool, .number, .string: false
        }
    }
}

/// Why a text is not an event pattern.
package enum EventPatternError: Error, Hashable, Sendable {
    case tooLong(bytesMax: Int)
    case notJSON(reason: String)
    case notAnObject
    /// Neither a list of values nor an object of further fields.
    case notAFieldValue(field: String)
    case emptyList(field: String)
    case emptyObject(field: String)
    case unknownOperator(String)
    case severalOperators
    case invalidOperand(operator: String)
    /// `$or` without at least two objects.
    case invalidAlternatives
    case tooManyWildcards(max: Int)
    case consecutiveWildcards
    case tooManyValues(max: Int)
}

extension EventPatternError: CustomStringConvertible {
    /// A clause that says what is wrong.
    package var description: String {
        switch self {
        case .tooLong(let bytesMax): "The pattern is longer than \(bytesMax) bytes"
        case .notJSON(let reason): "The pattern is not valid JSON: \(reason)"
        case .notAnObject: "Filter is not an object"
        case .notAFieldValue(let field): "\"\(field.prefix(128))\" must be an object or an array"
        case .emptyList(let field): "Empty arrays are not allowed: \"\(field.prefix(128))\""
        case .emptyObject(let field):
            field.isEmpty
                ? "Empty objects are not allowed" : "Empty objects are not allowed: \"\(field.prefix(128))\""
        case .unknownOperator(let name): "Unrecognized match type \(name.prefix(128))"
        case .severalOperators: "Only one key allowed in match expression"
        case .invalidOperand(let name): "\(name) does not take such a value"
        case .invalidAlternatives: "$or must be an array of two or more objects"
        case .tooManyWildcards(let max): "Rule is too complex: more than \(max) wildcards in one value"
        case .consecutiveWildcards: "Consecutive wildcard characters are not allowed"
        case .tooManyValues(let max): "Rule is too complex: more than \(max) values"
        }
    }
}
