/// Reads RFC 8259 JSON strictly: no duplicate members, no trailing bytes, bounded depth.
///
/// A policy that two readers understand differently is a hole, so whatever RFC 8259 leaves to the
/// implementation is refused here.
struct JSONReader {
    /// Deepest nesting accepted; a policy's own shape needs six levels.
    static let depthMax = 16

    private let bytes: [UInt8]
    private var position = 0

    /// Reads a whole text as one value.
    ///
    /// - Parameter text: the JSON text.
    /// - Returns: the value.
    /// - Throws: the first fault found.
    static func read(_ text: String) throws(JSONFault) -> JSONNode {
        var reader = JSONReader(bytes: Array(text.utf8))
        let node = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == reader.bytes.count else {
            throw .unexpectedByte(offset: reader.position)
        }
        return node
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private func peek() throws(JSONFault) -> UInt8 {
        guard position < bytes.count else { throw .unexpectedEnd }
        return bytes[position]
    }

    private mutating func expect(_ byte: UInt8) throws(JSONFault) {
        guard try peek() == byte else { throw .unexpectedByte(offset: position) }
        position += 1
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONNode {
        guard depth < Self.depthMax else { throw .tooDeep(depthMax: Self.depthMax) }
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: StaticString, _ node: JSONNode) throws(JSONFault) -> JSONNode {
        for offset in 0..<text.utf8CodeUnitCount {
            try expect(text.utf8Start[offset])
        }
        return node
    }

    private mutating func object(depth: Int) throws(JSONFault) -> [JSONNode.Member] {
        position += 1
        var members: [JSONNode.Member] = []
        var names: Set<String> = []
        skipSpace()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            return members
        }
        while true {
            skipSpace()
            guard try peek() == UInt8(ascii: "\"") else { throw .unexpectedByte(offset: position) }
            let name = try string()
            guard names.insert(name).inserted else { throw .duplicateMember(name) }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            members.append(.init(name: name, value: try value(depth: depth + 1)))
            guard try continues(until: UInt8(ascii: "}")) else { return members }
        }
    }

    private mutating func array(depth: Int) throws(JSONFault) -> [JSONNode] {
        position += 1
        var elements: [JSONNode] = []
        skipSpace()
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return elements
        }
        while true {
            elements.append(try value(depth: depth + 1))
            guard try continues(until: UInt8(ascii: "]")) else { return elements }
        }
    }

    /// Steps over a comma (true) or the closing bracket (false).
    private mutating func continues(until end: UInt8) throws(JSONFault) -> Bool {
        skipSpace()
        if try peek() == UInt8(ascii: ",") {
            position += 1
            return true
        }
        try expect(end)
        return false
    }

    private mutating func number() throws(JSONFault) -> String {
        let start = position
        if try peek() == UInt8(ascii: "-") { position += 1 }
        if try peek() == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let sign = try peek()
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(JSONFault) {
        guard Digit.isDigit(try peek()) else { throw .unexpectedByte(offset: position) }
        while position < bytes.count, Digit.isDigit(bytes[position]) { position += 1 }
    }
}

// MARK: Strings

extension JSONReader {
    private mutating func string() throws(JSONFault) -> String {
        position += 1
        var text: [UInt8] = []
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                let scalar = try escape()
                text.append(contentsOf: Array(String(Character(scalar)).utf8))
            case 0..<0x20:
                throw .unexpectedByte(offset: position)
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        let start = position
        position += 1
        let letter = try peek()
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape(start: start)
        default: throw .invalidEscape(offset: start)
        }
    }

    private mutating func unicodeEscape(start: Int) throws(JSONFault) -> Unicode.Scalar {
        let first = try hexQuad()
        guard (0xD800..<0xDC00).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw .invalidEscape(offset: start) }
            return scalar
        }
        try expect(UInt8(ascii: "\\"))
        try expect(UInt8(ascii: "u"))
        let second = try hexQuad()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw .invalidEscape(offset: start) }
        return scalar
    }

    private mutating func hexQuad() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Digit.hexValue(try peek()) else { throw .invalidEscape(offset: position) }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
