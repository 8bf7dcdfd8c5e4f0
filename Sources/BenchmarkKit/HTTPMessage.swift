import Glibc

/// Where one HTTP/1.1 message ends, and little else: as much of HTTP as it takes to wait for an answer.
package struct HTTPMessage: Hashable, Sendable {
    /// The status of an answer; nil of a request.
    package let status: Int?
    /// Where the body lies, with the frames of its chunks if it has such.
    package let body: Range<Int>

    /// How many bytes the message takes from its start.
    package var byteCount: Int { body.upperBound }

    package static let headBytesMax = 64 * 1024
    package static let bodyBytesMax = 16 * 1024 * 1024

    /// The answer at the start of the bytes; nil while its end is missing.
    ///
    /// An answer without a length, which ends with its connection, is refused, as is an interim answer.
    package static func answer(in bytes: UnsafeRawBufferPointer) throws(HTTPFault) -> HTTPMessage? {
        guard let head = try Head(bytes) else { return nil }
        let status = try head.status()
        if status == 204 || status == 304 { return HTTPMessage(status: status, body: head.end..<head.end) }
        guard let framing = try head.framing() else { throw .noLength }
        return try head.bodyEnd(framing).map { HTTPMessage(status: status, body: head.end..<$0) }
    }

    /// The request at the start of the bytes; nil while its end is missing.
    package static func request(in bytes: UnsafeRawBufferPointer) throws(HTTPFault) -> HTTPMessage? {
        guard let head = try Head(bytes) else { return nil }
        let framing = try head.framing() ?? .length(0)
        return try head.bodyEnd(framing).map { HTTPMessage(status: nil, body: head.end..<$0) }
    }
}

/// Why bytes are no message that can be read here.
package enum HTTPFault: Error, Hashable, Sendable {
    case headTooLong
    case statusLine
    case contentLength
    case transferEncoding
    case noLength
    case chunk
    case bodyTooLong
}

/// The lines up to the empty one, and what they say about the body.
private struct Head {
    enum Framing: Equatable {
        case length(Int)
        case chunks
    }

    let bytes: UnsafeRawBufferPointer
    /// Behind the empty line.
    let end: Int

    init?(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault) {
        let searched = UnsafeRawBufferPointer(rebasing: bytes.prefix(HTTPMessage.headBytesMax))
        guard let end = searched.offset(of: "\r\n\r\n") else {
            if bytes.count >= HTTPMessage.headBytesMax { throw .headTooLong }
            return nil
        }
        self.bytes = bytes
        self.end = end + 4
    }

    /// `HTTP/1.1 200 …`; interim answers (1xx) are never asked for here.
    func status() throws(HTTPFault) -> Int {
        guard end >= 16, bytes.starts(with: "HTTP/1.".utf8), bytes[8] == UInt8(ascii: " "),
            bytes[12] == UInt8(ascii: " ") || bytes[12] == UInt8(ascii: "\r"),
            let status = Int(decimal: bytes[9..<12]), (200...599).contains(status)
        else { throw .statusLine }
        return status
    }

    func framing() throws(HTTPFault) -> Framing? {
        var found: Framing?
        var start = 0
        while let line = nextLine(from: start) {
            start = line.upperBound + 2
            let framing: Framing
            if let value = value(of: "content-length:", in: line) {
                guard let length = Int(decimal: value) else { throw .contentLength }
                guard length <= HTTPMessage.bodyBytesMax else { throw .bodyTooLong }
                framing = .length(length)
            } else if let value = value(of: "transfer-encoding:", in: line) {
                guard value.elementsEqual("chunked".utf8) else { throw .transferEncoding }
                framing = .chunks
            } else {
                continue
            }
            guard found == nil || found == framing else { throw .contentLength }
            found = framing
        }
        return found
    }

    /// A line without its end; nil at the empty line.
    private func nextLine(from start: Int) -> Range<Int>? {
        guard start < end - 2 else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        return rest.offset(of: "\r\n").map { start..<(start + $0) }
    }

    /// What stands behind a field's name, without the blanks around it; `name` is in lower case.
    private func value(of name: StaticString, in line: Range<Int>) -> Slice<UnsafeRawBufferPointer>? {
        let count = name.utf8CodeUnitCount
        guard line.count >= count, bytes[line.lowerBound] | 0x20 == name.utf8Start[0] else { return nil }
        for index in 0..<count where bytes[line.lowerBound + index].lowercased != name.utf8Start[index] {
            return nil
        }
        var value = bytes[(line.lowerBound + count)..<line.upperBound]
        while let first = value.first, first.isBlank { value.removeFirst() }
        while let last = value.last, last.isBlank { value.removeLast() }
        return value
    }

    /// Where the body ends; nil while it is not all there.
    func bodyEnd(_ framing: Framing) throws(HTTPFault) -> Int? {
        switch framing {
        case .length(let length): bytes.count - end >= length ? end + length : nil
        case .chunks: try chunksEnd()
        }
    }

    /// Behind the last chunk and its trailer (RFC 9112, 7.1).
    private func chunksEnd() throws(HTTPFault) -> Int? {
        var position = end
        while true {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            guard let lineEnd = rest.offset(of: "\r\n") else {
                if rest.count > 1024 { throw .chunk }
                return nil
            }
            let digits = rest[0..<lineEnd].prefix { $0 != UInt8(ascii: ";") }
            guard let size = Int(hexadecimal: digits) else { throw .chunk }
            position += lineEnd + 2
            guard position - end + size <= HTTPMessage.bodyBytesMax else { throw .bodyTooLong }
            if size == 0 { return try trailerEnd(from: position) }
            guard bytes.count >= position + size + 2 else { return nil }
            guard bytes[position + size] == UInt8(ascii: "\r"),
                bytes[position + size + 1] == UInt8(ascii: "\n")
            else { throw .chunk }
            position += size + 2
        }
    }

    private func trailerEnd(from start: Int) throws(HTTPFault) -> Int? {
        var position = start
        while true {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            guard let lineEnd = rest.offset(of: "\r\n") else {
                if rest.count > HTTPMessage.headBytesMax { throw .headTooLong }
                return nil
            }
            position += lineEnd + 2
            if lineEnd == 0 { return position }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Where a text first occurs.
    package func offset(of text: StaticString) -> Int? {
        offset(of: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Where other bytes first occur; at 0 when they are none.
    package func offset(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard let needle = bytes.baseAddress, let first = bytes.first else { return 0 }
        guard let base = baseAddress else { return nil }
        var position = 0
        // memmem(3) is a GNU extension, which Glibc's module does not show.
        while count - position >= bytes.count,
            let found = memchr(base + position, Int32(first), count - position - bytes.count + 1)
        {
            position = UnsafeRawPointer(found) - base
            if memcmp(found, needle, bytes.count) == 0 { return position }
            position += 1
        }
        return nil
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension Int {
    /// At most 9 digits and nothing else, so that no sum overflows.
    fileprivate init?(decimal digits: some Collection<UInt8>) {
        guard (1...9).contains(digits.count) else { return nil }
        self = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            self = self * 10 + Int(digit - UInt8(ascii: "0"))
        }
    }

    /// At most 7 digits and nothing else.
    fileprivate init?(hexadecimal digits: some Collection<UInt8>) {
        guard (1...7).contains(digits.count) else { return nil }
        self = 0
        for digit in digits {
            guard let value = Character(UnicodeScalar(digit)).hexDigitValue, digit < 0x80 else { return nil }
            self = self * 16 + value
        }
    }
}
