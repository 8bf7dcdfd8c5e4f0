/// One constraint of a shape that a request broke, in AWS's words.
package struct Violation: Hashable, Sendable {
    package let text: String

    static func missing(_ path: String) -> Violation {
        Violation(text: "Value null at '\(path)' failed to satisfy constraint: Member must not be null")
    }

    /// A value that broke a rule; `value` is nil when it must not be echoed.
    static func unsatisfied(_ value: String?, at path: String, _ rule: String) -> Violation {
        let shown = value.map { "'\($0.prefix(echoedCharactersMax))' " } ?? ""
        return Violation(text: "Value \(shown)at '\(path)' failed to satisfy constraint: \(rule)")
    }

    /// How much of a refused value an answer repeats.
    private static let echoedCharactersMax = 2048

    /// The message of the `ValidationException` that reports these violations.
    package static func message(_ violations: [Violation]) -> String {
        let noun = violations.count == 1 ? "error" : "errors"
        return "\(violations.count) validation \(noun) detected: "
            + violations.map(\.text).joined(separator: "; ")
    }
}

/// The sentences in which AWS states a broken rule.
enum Rule {
    static func lengthAtMost(_ bound: Int) -> String {
        "Member must have length less than or equal to \(bound)"
    }
    static func lengthAtLeast(_ bound: Int) -> String {
        "Member must have length greater than or equal to \(bound)"
    }
    static func valueAtMost(_ bound: Int) -> String {
        "Member must have value less than or equal to \(bound)"
    }
    static func valueAtLeast(_ bound: Int) -> String {
        "Member must have value greater than or equal to \(bound)"
    }
    static func pattern(_ text: String) -> String {
        "Member must satisfy regular expression pattern: \(text)"
    }
    static func oneOf(_ values: [String]) -> String {
        "Member must satisfy enum value set: [\(values.joined(separator: ", "))]"
    }
    static func each(_ rules: [String]) -> String {
        "Member must satisfy constraint: [\(rules.joined(separator: ", "))]"
    }

    /// The rules that a length breaks.
    static func broken(_ count: Int, _ length: ClosedRange<Int>?) -> [String] {
        guard let length else { return [] }
        if count > length.upperBound { return [lengthAtMost(length.upperBound)] }
        return count < length.lowerBound ? [lengthAtLeast(length.lowerBound)] : []
    }
}
