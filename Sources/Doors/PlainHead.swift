import Glibc

/// The head of an HTTP/1.1 request that is written so plainly that there is only one way to read it.
///
/// What is not is left to the HTTP library, with all that follows on the connection: two parsers that understand
/// the same bytes differently are how requests are smuggled (RFC 9112 section 11.2).
package struct PlainHead: Equatable {
    package let method: Range<Int>
    /// Path and query; it begins with a slash.
    package let target: Range<Int>
    /// With the empty line at its end.
    package let headBytes: Int
    package let bodyBytes: Int

    package enum Outcome: Equatable {
        /// It does not end yet.
        case incomplete
        /// Not plain enough, or longer than it may be.
        case foreign
        case head(PlainHead)
    }

    /// Reads the head that the bytes begin with, of so many bytes and headers at most; `searched` bytes are known not
    /// to hold its end.
    ///
    /// `noting` gets each header as places in the bytes, its value without the blanks around it; what it was given is
    /// worth nothing unless a head comes of it.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer,
        searched: Int,
        bytesMax: Int,
        headersMax: Int,
        noting: (_ name: Range<Int>, _ value: Range<Int>) -> Void
    ) -> Outcome {
        let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(bytesMax))
        // Nearly every head comes whole; one that does not is looked at again only once its end is there, so that it
        // costs no more the smaller its parts are.
        if searched == 0, let plain = PlainHead(head, headersMax, noting) { return .head(plain) }
        guard let count = count(bytes, from: max(0, searched - 3)) else {
            // Beyond the limit the library refuses it in its own way.
            return bytes.count > bytesMax ? .foreign : .incomplete
        }
        guard searched > 0, count <= bytesMax, let plain = PlainHead(head, headersMax, noting) else {
            return .foreign
        }
        return .head(plain)
    }

    private static func count(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let end: StaticString = "\r\n\r\n"
        var from = start
        while from < bytes.count, let found = memchr(base + from, 0x0A, bytes.count - from) {
            let count = UnsafeRawPointer(found) - base + 1
            if count >= 4, memcmp(base + count - 4, end.utf8Start, 4) == 0 { return count }
            from = count
        }
        return nil
    }

    /// Nil for a head that is not whole or not plain.
    private init?(
        _ bytes: UnsafeRawBufferPointer,
        _ headersMax: Int,
        _ noting: (_ name: Range<Int>, _ value: Range<Int>) -> Void
    ) {
        var reader = PlainHeadReader(bytes)
        guard let method = reader.word(endingAt: 0x20, of: \.isUppercaseLetter), method.count <= 16,
            let target = reader.word(endingAt: 0x20, of: \.isVisible),
            bytes[target.lowerBound] == UInt8(ascii: "/"), reader.skip("HTTP/1.1\r\n")
        else { return nil }
        var headers = 0
        while !reader.skip("\r\n") {
            guard headers < headersMax, let header = reader.header() else { return nil }
            headers += 1
            noting(header.name, header.value)
        }
        guard reader.hosts == 1 else { return nil }
        self.method = method
        self.target = target
        headBytes = reader.index
        bodyBytes = reader.contentLength ?? 0
    }
}

/// Reads one head, line by line, and gives up at anything unusual.
private struct PlainHeadReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var index = 0
    private(set) var contentLength: Int?
    private(set) var hosts = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func header() -> (name: Range<Int>, value: Range<Int>)? {
        guard let name = word(endingAt: UInt8(ascii: ":"), of: \.isTokenCharacter) else { return nil }
        while index < bytes.count, bytes[index].isBlank { index += 1 }
        guard var value = line() else { return nil }
        while let last = value.last, bytes[last].isBlank { value = value.dropLast() }
        let isPlain = note(
            UnsafeRawBufferPointer(rebasing: bytes[name]),
            UnsafeRawBufferPointer(rebasing: bytes[value])
        )
        return isPlain ? (name, value) : nil
    }

    /// The bytes up to `end`, which is skipped; nil when there are none or one of them is not of the kind.
    mutating func word(endingAt end: UInt8, of isAllowed: (UInt8) -> Bool) -> Range<Int>? {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == end {
                defer { index += 1 }
                return index > start ? start..<index : nil
            }
            guard isAllowed(byte) else { return nil }
            index += 1
        }
        return nil
    }

    mutating func skip(_ literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard let base = bytes.baseAddress, bytes.count - index >= count,
            memcmp(base + index, literal.utf8Start, count) == 0
        else { return false }
        index += count
        return true
    }

    /// The bytes up to the end of the line, which is skipped; nil when one of them has no place in a header.
    private mutating func line() -> Range<Int>? {
        let start = index
        while index < bytes.count {
            if hasPlainWord(at: index) {
                index += 8
            } else if bytes[index].isFieldCharacter {
                index += 1
            } else {
                let end = index
                return skip("\r\n") ? start..<end : nil
            }
        }
        return nil
    }

    /// Whether the eight bytes from an index on are all printable ASCII; false where there are not eight.
    ///
    /// `(word - 0x20 in every byte) | (word + 1 in every byte) | word` has the high bit of a byte set when that byte is
    /// below 0x20, 0x7F or above; a borrow or a carry may set the next byte's too, but only next to one that is set.
    private func hasPlainWord(at index: Int) -> Bool {
        guard bytes.count - index >= 8 else { return false }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        return ((word &- ones &* 0x20) | (word &+ ones) | word) & (ones &* 0x80) == 0
    }

    /// Notes what a header says about the message; false where that is more than a length.
    private mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 4:
            if name.isName("host") { hosts += 1 }
        case 6: return !name.isName("expect")
        case 7: return !name.isName("upgrade") && !name.isName("trailer")
        case 10:
            // Closing is the library's business.
            if name.isName("connection") { return value.isName("keep-alive") }
        case 14:
            guard name.isName("content-length") else { return true }
            guard contentLength == nil, let length = Self.number(value) else { return false }
            contentLength = length
        case 16: return !name.isName("proxy-connection")
        case 17: return !name.isName("transfer-encoding")
        default: break
        }
        return true
    }

    /// A length of at most nine digits.
    private static func number(_ digits: UnsafeRawBufferPointer) -> Int? {
        guard (1...9).contains(digits.count) else { return nil }
        var number = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return number
    }
}

extension UnsafeRawBufferPointer {
    /// Whether these are the letters of a name in lower case, in whatever case.
    package func isName(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        for index in indices where self[index] | 0x20 != name.utf8Start[index] | 0x20 { return false }
        return true
    }
}

extension UInt8 {
    fileprivate var isUppercaseLetter: Bool { (0x41...0x5A).contains(self) }
    fileprivate var isVisible: Bool { (0x21...0x7E).contains(self) }
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// What a header's value may hold here; text outside of ASCII is left to the library.
    fileprivate var isFieldCharacter: Bool { (0x20...0x7E).contains(self) || self == 0x09 }

    /// RFC 9110 section 5.6.2, `tchar`.
    fileprivate var isTokenCharacter: Bool {
        switch self {
        case 0x61...0x7A, 0x41...0x5A, 0x2D, 0x30...0x39: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
