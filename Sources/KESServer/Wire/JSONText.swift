/// JSON as Go's encoder writes it: `<`, `>`, `&` and the two line separators are escaped too.
struct JSONText: Sendable {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": raw("\\\"")
            case "\\": raw("\\\\")
            case "\n": raw("\\n")
            case "\r": raw("\\r")
            case "\t": raw("\\t")
            case "<", ">", "&", "\u{2028}", "\u{2029}": escape(scalar)
            case _ where scalar.value < 0x20: escape(scalar)
            default: bytes.append(contentsOf: Array(String(scalar).utf8))
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        raw("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
    }

    /// Writes an object whose members `body` adds.
    mutating func object(_ body: (inout JSONText) -> Void) {
        raw("{")
        let outer = isFirst
        isFirst = true
        body(&self)
        isFirst = outer
        raw("}")
    }

    /// Writes an array of what `element` writes for each item.
    mutating func array<Item>(_ items: some Sequence<Item>, _ element: (inout JSONText, Item) -> Void) {
        raw("[")
        for (index, item) in items.enumerated() {
            if index > 0 { raw(",") }
            element(&self, item)
        }
        raw("]")
    }

    mutating func member(_ name: String) {
        if !isFirst { raw(",") }
        isFirst = false
        string(name)
        raw(":")
    }

    mutating func member(_ name: String, _ value: String) {
        member(name)
        string(value)
    }

    mutating func member(_ name: String, _ value: Int) {
        member(name)
        raw(String(value))
    }

    mutating func member(_ name: String, _ value: Bool) {
        member(name)
        raw(value ? "true" : "false")
    }

    static func object(_ body: (inout JSONText) -> Void) -> [UInt8] {
        var text = JSONText()
        text.object(body)
        return text.bytes
    }
}
