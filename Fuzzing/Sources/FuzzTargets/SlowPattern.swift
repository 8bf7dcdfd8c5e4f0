import Glibc

@testable import AWSProtocol
@testable import CloudTrail

/// Holds an event against the text of a pattern, slowly and plainly; the pattern is one that was accepted.
///
/// Source: EventBridge User Guide, "Comparison operators for use in event patterns".
enum SlowPattern {
    /// Nil is the absent value.
    static func matches(_ pattern: JSON, _ value: JSON?) -> Bool {
        if let elements = value?.elements {
            let whole = elements.filter { element in
                switch element {
                case .object, .array: true
                default: false
                }
            }
            return whole.isEmpty ? matches(pattern, nil) : whole.contains { matches(pattern, $0) }
        }
        guard case .object(let object) = pattern else { return false }
        return object.members.allSatisfy { key, wanted in
            if key.equals("$or") { return (wanted.elements ?? []).contains { matches($0, value) } }
            let member = value?[key.text]
            guard let tests = wanted.elements else { return matches(wanted, member) }
            return anyMatches(tests, leaves(of: member))
        }
    }

    private static func anyMatches(_ tests: [JSON], _ leaves: [JSON]) -> Bool {
        tests.contains { test in
            if case .bool(let isThere)? = test["exists"] { return isThere == !leaves.isEmpty }
            return leaves.contains { matches(test: test, $0) }
        }
    }

    private static func leaves(of value: JSON?) -> [JSON] {
        switch value {
        case nil, .object?: []
        case .array(let elements)?: elements.flatMap { leaves(of: $0) }
        case let leaf?: [leaf]
        }
    }

    private static func matches(test: JSON, _ leaf: JSON) -> Bool {
        guard case .object(let object) = test else {
            return isText(test) == isText(leaf) && written(test).elementsEqual(written(leaf))
        }
        let (name, operand) = (object.members[0].key.text, object.members[0].value)
        switch name {
        case "anything-but":
            let isOperator = if case .object = operand { true } else { false }
            guard isOperator else {
                return !(operand.elements ?? [operand]).contains { matches(test: $0, leaf) }
            }
            return !excluded(operand).contains { matches(test: $0, leaf) }
        case "numeric": return isWithin(operand.elements ?? [], leaf)
        default:
            guard let text = leaf.text else { return false }
            return matches(name, operand, text)
        }
    }

    /// The tests that an operator below `anything-but` stands for: one for each of its texts.
    private static func excluded(_ operand: JSON) -> [JSON] {
        guard case .object(let object) = operand else { return [] }
        let (key, value) = object.members[0]
        return (value.elements ?? [value]).map { .object(JSONObject(uniqueMembers: [(key, $0)])) }
    }

    private static func matches(_ name: String, _ operand: JSON, _ text: String) -> Bool {
        if let folded = operand["equals-ignore-case"]?.text?.lowercased() {
            return name == "prefix" ? text.lowercased().hasPrefix(folded) : text.lowercased().hasSuffix(folded)
        }
        let wanted = operand.text ?? ""
        let (bytes, other) = (Array(text.utf8), Array(wanted.utf8))
        return switch name {
        case "prefix": Array(bytes.prefix(other.count)) == other
        case "suffix": Array(bytes.suffix(other.count)) == other
        case "equals-ignore-case": text.lowercased() == wanted.lowercased()
        case "wildcard": matches(wildcards: other[...], bytes[...])
        case "cidr": isWithin(wanted, text)
        default: false
        }
    }

    private static func isText(_ value: JSON) -> Bool {
        if case .string = value { true } else { false }
    }

    /// A text's own bytes; of other values what stands in the document.
    private static func written(_ value: JSON) -> [UInt8] { Array((value.text ?? value.rendered).utf8) }

    private static func isWithin(_ bounds: [JSON], _ leaf: JSON) -> Bool {
        guard case .number(let number) = leaf, let value = number.double else { return false }
        return stride(from: 0, to: bounds.count, by: 2).allSatisfy { index in
            guard case .number(let number) = bounds[index + 1], let bound = number.double else { return false }
            return switch bounds[index].text {
            case "=": value == bound
            case "<": value < bound
            case "<=": value <= bound
            case ">": value > bound
            default: value >= bound
            }
        }
    }

    // MARK: Wildcards and addresses

    /// Fills the table of all pairs of a beginning of the pattern and a beginning of the text.
    private static func matches(wildcards pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var row = [true] + Array(repeating: false, count: text.count)
        var rest = pattern
        while var byte = rest.popFirst() {
            let isStar = byte == UInt8(ascii: "*")
            if byte == UInt8(ascii: "\\") { byte = rest.popFirst() ?? byte }
            var next = [isStar && row[0]]
            for (index, character) in text.enumerated() {
                next.append(isStar ? next[index] || row[index + 1] : row[index] && character == byte)
            }
            row = next
        }
        return row[text.count]
    }

    private static func isWithin(_ block: String, _ address: String) -> Bool {
        let parts = block.split(separator: "/").map(String.init)
        guard let bits = bits(of: parts[0]), let others = Self.bits(of: address), let count = Int(parts[1])
        else { return false }
        return bits.count == others.count && bits.prefix(count).elementsEqual(others.prefix(count))
    }

    private static func bits(of address: String) -> [Bool]? {
        guard !address.utf8.contains(0) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            guard inet_pton(family, address, &bytes) == 1 else { continue }
            return bytes.flatMap { byte in (0..<8).map { byte & (0x80 >> $0) != 0 } }
        }
        return nil
    }
}
