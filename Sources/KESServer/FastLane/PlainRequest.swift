import Glibc

/// The head of an HTTP/1.1 request that is written so plainly that there is only one way to read it.
///
/// What is not is left to the HTTP library, with all that follows on the connection: two parsers that understand
/// the same bytes differently are how requests are smuggled (RFC 9112 section 11.2).
struct PlainRequest: Equatable {
    /// Where method and path stand, as in `POST /v1/key/generate/my-key`.
    let line: Range<Int>
    /// With the empty line at its end.
    let headBytes: Int
    let bodyBytes: Int

    static let headBytesMax = 32 * 1024
    static let headersMax = 200

    enum Outcome: Equatable {
        /// It does not end yet.
        case incomplete
        /// Not plain enough for this parser.
        case foreign
        case request(PlainRequest)
    }

    /// Reads the head that the bytes begin with; `searched` of them are known not to hold its end.
    static func parse(_ bytes: UnsafeRawBufferPointer, searched: Int) -> Outcome {
        guard let count = headCount(bytes, from: max(0, searched - 3)) else {
            // Beyond the limit the library refuses it in its own way.
            return bytes.count > headBytesMax ? .foreign : .incomplete
        }
        guard count <= headBytesMax else { return .foreign }
        var parser = PlainHeadParser(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        return parser.parse().map { .request($0) } ?? .foreign
    }

    private static func headCount(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var from = start
        while from < bytes.count, let found = memchr(base + from, 0x0A, bytes.count - from) {
            let count = UnsafeRawPointer(found) - base + 1
            if count >= 4, bytes[count - 2] == 0x0D, bytes[count - 3] == 0x0A, bytes[count - 4] == 0x0D {
                return count
            }
            from = count
        }
        return nil
    }
}

/// Reads one head, line by line, and gives up at anything unusual.
private struct PlainHeadParser {
    let bytes: UnsafeRawBufferPointer
    private var index = 0
    private var contentLength: Int?
    private var hosts = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func parse() -> PlainRequest? {
        guard let method = word(endingAt: 0x20, of: Self.isUppercaseLetter), method.count <= 16,
            let target = word(endingAt: 0x20, of: Self.isVisible),
            bytes[target.lowerBound] == UInt8(ascii: "/"), skip("HTTP/1.1\r\n")
        else { return nil }
        var count = 0
        while index < bytes.count - 2 {
            guard count < PlainRequest.headersMax, readHeader() else { return nil }
            count += 1
        }
        guard skip("\r\n"), hosts == 1 else { return nil }
        return PlainRequest(
            line: method.lowerBound..<target.upperBound,
            headBytes: bytes.count,
            bodyBytes: contentLength ?? 0
        )
    }

    private mutating func readHeader() -> Bool {
        guard let name = word(endingAt: UInt8(ascii: ":"), of: Self.isToken) else { return false }
        while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
        guard var value = word(endingAt: 0x0D, of: Self.isField), skip("\n") else { return false }
        while let last = value.last, Self.isBlank(bytes[last]) { value = value.dropLast() }
        return note(name, value)
    }

    /// Notes what a header says about the message; false where that is more than a length.
    private mutating func note(_ name: Range<Int>, _ value: Range<Int>) -> Bool {
        switch name.count {
        case 4: if equals(name, "host") { hosts += 1 }
        case 6: return !equals(name, "expect")
        case 7: return !equals(name, "upgrade") && !equals(name, "trailer")
        case 10:
            // Closing is the library's business.
            if equals(name, "connection") { return equals(value, "keep-alive") }
        case 14:
            guard equals(name, "content-length") else { return true }
            guard contentLength == nil, let length = number(value) else { return false }
            contentLength = length
        case 17: return !equals(name, "transfer-encoding")
        default: break
        }
        return true
    }

    /// Whether some bytes are a lower-case text, in letters of either case.
    private func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count {
            let byte = bytes[range.lowerBound + offset]
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            guard (isUpper ? byte | 0x20 : byte) == text.utf8Start[offset] else { return false }
        }
        return true
    }

    /// A length of at most nine digits.
    private func number(_ digits: Range<Int>) -> Int? {
        guard (1...9).contains(digits.count) else { return nil }
        var number = 0
        for index in digits {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
            number = number * 10 + Int(bytes[index] - 0x30)
        }
        return number
    }

    /// The bytes up to `end`, which is skipped; nil when there are none or one of them is not of the kind.
    private mutating func word(endingAt end: UInt8, of isAllowed: (UInt8) -> Bool) -> Range<Int>? {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == end {
                defer { index += 1 }
                // Only a header's value may be empty.
                return index > start || end == 0x0D ? start..<index : nil
            }
            guard isAllowed(byte) else { return nil }
            index += 1
        }
        return nil
    }

    private mutating func skip(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard let base = bytes.baseAddress, bytes.count - index >= count,
            memcmp(base + index, literal.utf8Start, count) == 0
        else { return false }
        index += count
        return true
    }

    private static func isUppercaseLetter(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
    private static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private static func isField(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// RFC 9110 section 5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool { tokens[Int(byte)] }

    private static let tokens: [Bool] = {
        let others = Set("!#$%&'*+-.^_`|~".utf8)
        return (UInt8.min...UInt8.max).map { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || others.contains(byte)
        }
    }()
}
