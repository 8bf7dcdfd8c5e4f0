/// The body of a request to use a key, where it is an object of plain texts: no escapes, no other values, no name
/// twice.
///
/// Anything else, malformed or only unusual, is left to the whole parser.
struct PlainBody: Equatable {
    private(set) var context: Range<Int>?
    private(set) var plaintext: Range<Int>?
    private(set) var ciphertext: Range<Int>?
    private(set) var message: Range<Int>?

    private init() {}

    /// Nil when the body is not plain; an empty one has no members.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> PlainBody? {
        var body = PlainBody()
        if bytes.isEmpty { return body }
        var scanner = PlainScanner(bytes: bytes)
        guard scanner.skip(UInt8(ascii: "{")) else { return nil }
        if scanner.skip(UInt8(ascii: "}")) { return scanner.isAtEnd ? body : nil }
        repeat {
            guard let name = scanner.text(), scanner.skip(UInt8(ascii: ":")), let value = scanner.text(),
                body.set(UnsafeRawBufferPointer(rebasing: bytes[name]), value)
            else { return nil }
        } while scanner.skip(UInt8(ascii: ","))
        return scanner.skip(UInt8(ascii: "}")) && scanner.isAtEnd ? body : nil
    }

    private mutating func set(_ name: UnsafeRawBufferPointer, _ value: Range<Int>) -> Bool {
        switch name.count {
        case 7 where name.elementsEqual(Self.contextName): Self.set(&context, value)
        case 7 where name.elementsEqual(Self.messageName): Self.set(&message, value)
        case 9 where name.elementsEqual(Self.plaintextName): Self.set(&plaintext, value)
        case 10 where name.elementsEqual(Self.ciphertextName): Self.set(&ciphertext, value)
        default: false
        }
    }

    private static func set(_ member: inout Range<Int>?, _ value: Range<Int>) -> Bool {
        guard member == nil else { return false }
        member = value
        return true
    }

    private static let contextName = Array("context".utf8)
    private static let messageName = Array("message".utf8)
    private static let plaintextName = Array("plaintext".utf8)
    private static let ciphertextName = Array("ciphertext".utf8)
}

private struct PlainScanner {
    let bytes: UnsafeRawBufferPointer
    private var index = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Behind white space, which may follow the last value (RFC 8259 section 2).
    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return index == bytes.count
        }
    }

    mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// What stands between quotes: printable ASCII without a backslash.
    mutating func text() -> Range<Int>? {
        guard skip(UInt8(ascii: "\"")) else { return nil }
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                defer { index += 1 }
                return start..<index
            }
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
            index += 1
        }
        return nil
    }

    private mutating func skipSpace() {
        while index < bytes.count,
            bytes[index] == 0x20
                || (0x09...0x0D).contains(bytes[index]) && bytes[index] != 0x0B && bytes[index] != 0x0C
        {
            index += 1
        }
    }
}
