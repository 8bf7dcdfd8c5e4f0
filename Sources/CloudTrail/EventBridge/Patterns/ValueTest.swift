import AWSProtocol

/// One entry of the list that a pattern has for a field.
indirect enum ValueTest: Sendable {
    /// A string, compared byte for byte.
    case text(String)
    /// A number, `true`, `false` or `null`, as it is written.
    ///
    /// Source: EventBridge User Guide, "Considerations when creating event patterns": 300, 300.0 and 3.0e2 are
    /// not equal.
    case literal(String)
    case textIgnoringCase(String)
    case prefix(String, ignoringCase: Bool)
    case suffix(String, ignoringCase: Bool)
    case wildcard(WildcardPattern)
    case numeric([NumericBound])
    case network(NetworkPrefix)
    case exists(Bool)
    /// None of these; a value that is there.
    case anythingBut([ValueTest])

    /// Whether one of the tests matches a field's value; nil, an object and an empty list count as absent.
    static func anyMatches(_ tests: [ValueTest], _ value: JSON?) -> Bool {
        var leaves: [JSON] = []
        if let value { collectLeaves(of: value, into: &leaves) }
        guard !leaves.isEmpty else {
            return tests.contains { if case .exists(false) = $0 { true } else { false } }
        }
        return tests.contains { test in leaves.contains { test.matches($0) } }
    }

    private static func collectLeaves(of value: JSON, into leaves: inout [JSON]) {
        switch value {
        case .object: break
        case .array(let elements): for element in elements { collectLeaves(of: element, into: &leaves) }
        case .null, .bool, .number, .string: leaves.append(value)
        }
    }

    /// Whether a value that is there matches.
    func matches(_ value: JSON) -> Bool {
        switch self {
        case .exists(let isThere): return isThere
        case .anythingBut(let tests): return !tests.contains { $0.matches(value) }
        case .literal(let literal): return value.literal == literal
        case .numeric(let bounds):
            guard case .number(let number) = value, let double = number.double else { return false }
            return bounds.allSatisfy { $0.holds(double) }
        case .text, .textIgnoringCase, .prefix, .suffix, .wildcard, .network:
            guard case .string(let string) = value else { return false }
            return string.withUTF8 { matches($0, string) }
        }
    }

    private func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ string: JSONString) -> Bool {
        switch self {
        case .text(let text): string.equals(text)
        case .textIgnoringCase(let lowered): string.text.lowercased() == lowered
        case .prefix(let text, false): bytes.starts(with: text.utf8)
        case .suffix(let text, false): bytes.reversed().starts(with: text.utf8.reversed())
        case .prefix(let lowered, true): string.text.lowercased().hasPrefix(lowered)
        case .suffix(let lowered, true): string.text.lowercased().hasSuffix(lowered)
        case .wildcard(let pattern): pattern.matches(bytes)
        case .network(let prefix): prefix.contains(string.text)
        case .literal, .numeric, .exists, .anythingBut: false
        }
    }
}

/// One side of a numeric comparison.
struct NumericBound: Hashable, Sendable {
    enum Operator: String, Sendable {
        case equal = "="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    let comparison: Operator
    let bound: Double

    /// What numbers of patterns lie within (EventBridge User Guide, "Numeric matching").
    static let magnitudeMax = 5.0e9

    func holds(_ value: Double) -> Bool {
        switch comparison {
        case .equal: value == bound
        case .less: value < bound
        case .lessOrEqual: value <= bound
        case .greater: value > bound
        case .greaterOrEqual: value >= bound
        }
    }
}

extension JSON {
    /// How a number, a Boolean or null is written; nil for other values.
    fileprivate var literal: String? {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.text
        case .string, .array, .object: nil
        }
    }
}
