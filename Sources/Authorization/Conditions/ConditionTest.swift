/// The listed values of a condition, parsed into the type that its operator compares.
enum ConditionTest: Sendable {
    case text([PatternTemplate], ignoringCase: Bool)
    case number([DecimalNumber], Relation)
    case date([PolicyInstant], Relation)
    case bool([Bool])
    case binary([[UInt8]])
    case address([AddressBlock])
    case arn([ARNPattern])
    case null([Bool])

    /// An ordering that the request's value must have towards the listed one.
    enum Relation: Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual

        func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
            switch self {
            case .equal: left == right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// Parses the listed values; only text and ARN operators take policy variables.
    init(_ kind: ConditionOperator.Kind, _ values: [String], variables: Bool) throws(PolicyError) {
        switch kind {
        case .stringEquals, .stringNotEquals:
            let syntax = PatternTemplate.Syntax(wildcards: false, variables: variables)
            self = .text(try Self.templates(values, syntax), ignoringCase: false)
        case .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase:
            let syntax = PatternTemplate.Syntax(wildcards: false, variables: variables, lowercased: true)
            self = .text(try Self.templates(values, syntax), ignoringCase: true)
        case .stringLike, .stringNotLike:
            let syntax = PatternTemplate.Syntax(wildcards: true, variables: variables)
            self = .text(try Self.templates(values, syntax), ignoringCase: false)
        case .numericEquals, .numericNotEquals, .numericLessThan, .numericLessThanEquals,
            .numericGreaterThan, .numericGreaterThanEquals:
            self = .number(try Self.parse(kind, values, DecimalNumber.init), Self.relation(kind))
        case .dateEquals, .dateNotEquals, .dateLessThan, .dateLessThanEquals,
            .dateGreaterThan, .dateGreaterThanEquals:
            self = .date(try Self.parse(kind, values, PolicyInstant.init), Self.relation(kind))
        case .bool: self = .bool(try Self.parse(kind, values, Self.boolean))
        case .null: self = .null(try Self.parse(kind, values, Self.boolean))
        case .binaryEquals: self = .binary(try Self.parse(kind, values, Base64Text.decode))
        case .ipAddress, .notIPAddress: self = .address(try Self.parse(kind, values, AddressBlock.init))
        case .arnEquals, .arnLike, .arnNotEquals, .arnNotLike:
            self = .arn(try Self.arns(kind, values, variables: variables))
        }
    }

    /// The condition keys whose values are put into listed values.
    var variableKeys: [ConditionKey] {
        switch self {
        case .text(let templates, _): templates.flatMap(\.variableKeys)
        case .arn(let patterns): patterns.flatMap(\.variableKeys)
        case .number, .date, .bool, .binary, .address, .null: []
        }
    }

    /// Compares one value of the request with all listed values.
    func compare(_ value: String, _ evaluation: Evaluation) -> Comparison {
        switch self {
        case .text(let templates, let ignoringCase):
            let text = ignoringCase ? value.lowercased() : value
            return templates.reduce(.different) { $0.or($1.compare(text.utf8.span, evaluation)) }
        case .number(let listed, let relation):
            return Self.compare(DecimalNumber(value), listed) { relation.holds($0, $1) }
        case .date(let listed, let relation):
            return Self.compare(PolicyInstant(value), listed) { relation.holds($0, $1) }
        case .bool(let listed):
            return Self.compare(Self.boolean(value), listed) { $0 == $1 }
        case .binary(let listed):
            return Self.compare(Base64Text.decode(value), listed) { $0 == $1 }
        case .address(let listed):
            return Self.compare(AddressBlock(value), listed) { $1.contains($0) }
        case .arn(let patterns):
            return patterns.reduce(.different) { $0.or($1.compare(value.utf8.span, evaluation)) }
        case .null: return .malformed
        }
    }

    private static func compare<Value>(
        _ value: Value?,
        _ listed: [Value],
        _ matches: (Value, Value) -> Bool
    ) -> Comparison {
        guard let value else { return .malformed }
        return listed.contains { matches(value, $0) } ? .equal : .different
    }
}

// MARK: Parsing

extension ConditionTest {
    private static func templates(
        _ values: [String],
        _ syntax: PatternTemplate.Syntax
    ) throws(PolicyError) -> [PatternTemplate] {
        var templates: [PatternTemplate] = []
        for value in values { templates.append(try PatternTemplate(parsing: value, syntax)) }
        return templates
    }

    private static func parse<Value>(
        _ kind: ConditionOperator.Kind,
        _ values: [String],
        _ parse: (String) -> Value?
    ) throws(PolicyError) -> [Value] {
        var parsed: [Value] = []
        for text in values {
            guard let value = parse(text) else {
                throw .invalidConditionValue(conditionOperator: kind.rawValue, value: text)
            }
            parsed.append(value)
        }
        return parsed
    }

    private static func arns(
        _ kind: ConditionOperator.Kind,
        _ values: [String],
        variables: Bool
    ) throws(PolicyError) -> [ARNPattern] {
        var patterns: [ARNPattern] = []
        for text in values {
            do {
                patterns.append(try ARNPattern(parsing: text, variables: variables))
            } catch .invalidResource {
                throw .invalidConditionValue(conditionOperator: kind.rawValue, value: text)
            }
        }
        return patterns
    }

    private static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: nil
        }
    }

    private static func relation(_ kind: ConditionOperator.Kind) -> Relation {
        switch kind {
        case .numericLessThan, .dateLessThan: .less
        case .numericLessThanEquals, .dateLessThanEquals: .lessOrEqual
        case .numericGreaterThan, .dateGreaterThan: .greater
        case .numericGreaterThanEquals, .dateGreaterThanEquals: .greaterOrEqual
        default: .equal
        }
    }
}
