/// Reads one JSON document by recursive descent; its depth is bounded.
struct JSONParser {
    /// The bytes once more, for the values to keep.
    let source: [UInt8]
    let buffer: UnsafeBufferPointer<UInt8>
    let depthMax: Int
    var index = 0

    init(source: [UInt8], buffer: UnsafeBufferPointer<UInt8>, depthMax: Int) {
        self.source = source
        self.buffer = buffer
        self.depthMax = depthMax
    }

    mutating func parseDocument() throws(JSONError) -> JSON {
        let value = try parseValue(depth: 0)
        skipWhiteSpace()
        guard index == buffer.count else { throw .trailingBytes(offset: index) }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSON {
        skipWhiteSpace()
        guard index < buffer.count else { throw .unexpectedEnd }
        switch buffer[index] {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try parseNumber())
        default: throw .unexpectedByte(offset: index)
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= depthMax else { throw .tooDeep(depthMax: depthMax) }
        index += 1
        skipWhiteSpace()
        if next(is: "}") { return JSONObject(uniqueMembers: []) }
        var members: [(key: JSONString, value: JSON)] = []
        members.reserveCapacity(4)
        repeat {
            skipWhiteSpace()
            guard index < buffer.count else { throw .unexpectedEnd }
            guard buffer[index] == UInt8(ascii: "\"") else { throw .unexpectedByte(offset: index) }
            let offset = index
            let key = try parseString()
            if members.count < Self.linearMax {
                for earlier in members.indices where members[earlier].key == key {
                    throw .duplicateName(offset: offset)
                }
            }
            skipWhiteSpace()
            try require(":")
            members.append((key, try parseValue(depth: depth)))
            skipWhiteSpace()
        } while next(is: ",")
        try require("}")
        if members.count > Self.linearMax, JSONObject.hasDuplicates(members) {
            throw .duplicateName(offset: index)
        }
        return JSONObject(uniqueMembers: members)
    }

    /// Up to so many members every name is compared with every other; beyond they are hashed, so that the
    /// time stays linear whatever a caller sends.
    private static let linearMax = 16

    private mutating func parseArray(depth: Int) throws(JSONError) -> [JSON] {
        guard depth <= depthMax else { throw .tooDeep(depthMax: depthMax) }
        index += 1
        skipWhiteSpace()
        if next(is: "]") { return [] }
        var elements: [JSON] = []
        repeat {
            elements.append(try parseValue(depth: depth))
            skipWhiteSpace()
        } while next(is: ",")
        try require("]")
        return elements
    }

    private mutating func parseNumber() throws(JSONError) -> JSONNumber {
        let start = index
        _ = next(is: "-")
        let integerDigits = skipDigits()
        guard integerDigits > 0, integerDigits == 1 || buffer[index - integerDigits] != UInt8(ascii: "0")
        else { throw .invalidNumber(offset: start) }
        if next(is: "."), skipDigits() == 0 { throw .invalidNumber(offset: start) }
        if next(is: "e") || next(is: "E") {
            _ = next(is: "+") || next(is: "-")
            guard skipDigits() > 0 else { throw .invalidNumber(offset: start) }
        }
        return JSONNumber(ByteSlice(source, from: start, to: index))
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while index < buffer.count, buffer[index].isASCIIDigit { index += 1 }
        return index - start
    }

    private mutating func skipWhiteSpace() {
        while index < buffer.count {
            switch buffer[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func next(is character: Unicode.Scalar) -> Bool {
        guard index < buffer.count, buffer[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func require(_ character: Unicode.Scalar) throws(JSONError) {
        guard index < buffer.count else { throw .unexpectedEnd }
        guard next(is: character) else { throw .unexpectedByte(offset: index) }
    }

    private mutating func expect(_ word: StaticString) throws(JSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard index < buffer.count else { throw .unexpectedEnd }
            guard buffer[index] == word.utf8Start[offset] else { throw .unexpectedByte(offset: index) }
            index += 1
        }
    }
}
