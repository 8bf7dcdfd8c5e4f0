import AWSProtocol

/// Turns the text of a pattern into its compiled form, or says what is wrong with it.
enum EventPatternParser {
    /// The longest pattern of a rule, and of a filter policy the longest is far above AWS's quota.
    static let bytesMax = 1 << 18
    /// Values in all lists of one pattern together.
    static let valuesMax = 4_096
    /// Levels of objects and lists.
    private static let depthMax = 24

    static func parse(_ text: String) throws(EventPatternError) -> EventPattern.Group {
        guard text.utf8.count <= bytesMax else { throw .tooLong(bytesMax: bytesMax) }
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(text, depthMax: depthMax)
        } catch {
            throw .notJSON(reason: error.reason)
        }
        guard case .object(let object) = json else { throw .notAnObject }
        var count = 0
        return try group(object, named: "", &count)
    }

    private static func group(
        _ object: JSONObject,
        named name: String,
        _ count: inout Int
    ) throws(EventPatternError) -> EventPattern.Group {
        guard object.count > 0 else { throw .emptyObject(field: name) }
        var group = EventPattern.Group()
        for (key, value) in object.members {
            let name = key.text
            if name == "$or" {
                group.alternatives.append(try alternatives(value, &count))
                continue
            }
            switch value {
            case .object(let object):
                group.fields.append((name, .group(try self.group(object, named: name, &count))))
            case .array(let elements):
                guard !elements.isEmpty else { throw .emptyList(field: name) }
                var tests: [ValueTest] = []
                for element in elements { tests.append(try test(element, of: name)) }
                count += tests.count
                guard count <= valuesMax else { throw .tooManyValues(max: valuesMax) }
                group.fields.append((name, .values(tests)))
            case .null, .bool, .number, .string: throw .notAFieldValue(field: name)
            }
        }
        return group
    }

    private static func alternatives(
        _ value: JSON,
        _ count: inout Int
    ) throws(EventPatternError) -> [EventPattern.Group] {
        guard let elements = value.elements, elements.count >= 2 else { throw .invalidAlternatives }
        var groups: [EventPattern.Group] = []
        for element in elements {
            guard case .object(let object) = element else { throw .invalidAlternatives }
            groups.append(try group(object, named: "$or", &count))
        }
        return groups
    }

    private static func test(_ value: JSON, of field: String) throws(EventPatternError) -> ValueTest {
        switch value {
        case .array: throw .notAFieldValue(field: field)
        case .object(let object):
            guard object.count > 0 else { throw .emptyObject(field: field) }
            guard object.count == 1 else { throw .severalOperators }
            let (name, operand) = object.members[0]
            return try expression(name.text, operand)
        case .null, .bool, .number, .string: return try literal(value, of: field)
        }
    }

    private static func literal(_ value: JSON, of name: String) throws(EventPatternError) -> ValueTest {
        switch value {
        case .string(let text): return .text(text.text)
        case .number(let number): return .literal(number.text)
        case .bool(let flag): return .literal(flag ? "true" : "false")
        case .null: return .literal("null")
        case .array, .object: throw .invalidOperand(operator: name)
        }
    }

    private static func expression(_ name: String, _ operand: JSON) throws(EventPatternError) -> ValueTest {
        switch name {
        case "exists":
            guard case .bool(let isThere) = operand else { throw .invalidOperand(operator: name) }
            return .exists(isThere)
        case "numeric": return .numeric(try bounds(operand))
        case "cidr":
            guard let prefix = operand.text.flatMap(NetworkPrefix.init) else {
                throw .invalidOperand(operator: name)
            }
            return .network(prefix)
        case "anything-but": return .anythingBut(try exclusions(operand))
        default: return try textTest(name, operand)
        }
    }

    /// The operators that `anything-but` takes too.
    private static func textTest(_ name: String, _ operand: JSON) throws(EventPatternError) -> ValueTest {
        switch name {
        case "prefix", "suffix":
            let (text, ignoringCase) = try textOrIgnoringCase(operand, name)
            return name == "prefix"
                ? .prefix(text, ignoringCase: ignoringCase) : .suffix(text, ignoringCase: ignoringCase)
        case "equals-ignore-case":
            guard let text = operand.text else { throw .invalidOperand(operator: name) }
            return .textIgnoringCase(text.lowercased())
        case "wildcard":
            guard let text = operand.text else { throw .invalidOperand(operator: name) }
            return .wildcard(try WildcardPattern(text))
        default: throw .unknownOperator(name)
        }
    }

    /// A text, or `{"equals-ignore-case": text}`.
    private static func textOrIgnoringCase(
        _ operand: JSON,
        _ name: String
    ) throws(EventPatternError) -> (String, Bool) {
        if let text = operand.text { return (text, false) }
        guard case .object(let object) = operand, object.count == 1,
            let text = object["equals-ignore-case"]?.text
        else { throw .invalidOperand(operator: name) }
        return (text.lowercased(), true)
    }

    /// A value, a list of values, or one operator with a text or a list of texts.
    private static func exclusions(_ operand: JSON) throws(EventPatternError) -> [ValueTest] {
        let name = "anything-but"
        if case .object(let object) = operand {
            guard object.count == 1 else { throw .severalOperators }
            let (key, value) = object.members[0]
            var tests: [ValueTest] = []
            for element in value.elements ?? [value] { tests.append(try textTest(key.text, element)) }
            guard !tests.isEmpty else { throw .emptyList(field: name) }
            return tests
        }
        var tests: [ValueTest] = []
        for element in operand.elements ?? [operand] { tests.append(try literal(element, of: name)) }
        guard !tests.isEmpty else { throw .emptyList(field: name) }
        return tests
    }

    /// One comparison, or a lower and an upper bound.
    private static func bounds(_ operand: JSON) throws(EventPatternError) -> [NumericBound] {
        guard let elements = operand.elements, elements.count == 2 || elements.count == 4 else {
            throw .invalidOperand(operator: "numeric")
        }
        var bounds: [NumericBound] = []
        for index in stride(from: 0, to: elements.count, by: 2) {
            guard let comparison = elements[index].text.flatMap(NumericBound.Operator.init),
                case .number(let number) = elements[index + 1], let bound = number.double,
                abs(bound) <= NumericBound.magnitudeMax
            else { throw .invalidOperand(operator: "numeric") }
            bounds.append(NumericBound(comparison: comparison, bound: bound))
        }
        guard bounds.count == 2 else { return bounds }
        let lower: [NumericBound.Operator] = [.greater, .greaterOrEqual]
        let upper: [NumericBound.Operator] = [.less, .lessOrEqual]
        guard lower.contains(bounds[0].comparison), upper.contains(bounds[1].comparison),
            bounds[0].bound < bounds[1].bound
        else { throw .invalidOperand(operator: "numeric") }
        return bounds
    }
}
