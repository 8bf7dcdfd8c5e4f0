import Glibc

extension UInt8 {
    /// Space, tab, line feed, vertical tab, form feed or carriage return.
    var isASCIIWhiteSpace: Bool { self == 0x20 || self &- 0x09 < 5 }
    var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    var isASCIILowercase: Bool { self &- UInt8(ascii: "a") < 26 }
    var isASCIIUppercase: Bool { self &- UInt8(ascii: "A") < 26 }

    /// The byte with an ASCII capital made small.
    var asciiLowercased: UInt8 { isASCIIUppercase ? self | 0x20 : self }
}

extension String {
    /// The UTF-8 bytes; copied only where the string has no contiguous storage.
    func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(utf8).withUnsafeBufferPointer(body)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether both hold the same bytes; for names and other short texts that are no secret.
    func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard let base = baseAddress, let otherBase = other.baseAddress else { return true }
        return memcmp(base, otherBase, count) == 0
    }

    /// Whether the bytes come before those of another text, byte by byte.
    func precedes(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = baseAddress, let otherBase = other.baseAddress else { return count < other.count }
        let order = memcmp(base, otherBase, Swift.min(count, other.count))
        return order == 0 ? count < other.count : order < 0
    }

    /// Whether the bytes are those of a text that is no secret.
    func equals(_ text: String) -> Bool { text.withUTF8Bytes { hasSameBytes(as: $0) } }

    /// The bytes before and behind the first separator; all and nothing where there is none.
    func divided(at separator: Unicode.Scalar) -> (head: Self, tail: Self?) {
        guard let base = baseAddress,
            let found = memchr(base, Int32(UInt8(ascii: separator)), count)
        else { return (self, nil) }
        let index = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
        return (Self(start: base, count: index), Self(start: base + index + 1, count: count - index - 1))
    }

    /// The bytes without ASCII white space at both ends.
    func trimmed() -> Self {
        var (start, end) = (0, count)
        while start < end, self[start].isASCIIWhiteSpace { start += 1 }
        while start < end, self[end - 1].isASCIIWhiteSpace { end -= 1 }
        return Self(rebasing: self[start..<end])
    }
}

extension [UInt8] {
    /// Appends zeros and lets `body` overwrite them.
    mutating func append(count: Int, writing body: (UnsafeMutableRawBufferPointer) -> Void) {
        let start = self.count
        append(contentsOf: repeatElement(0, count: count))
        withUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Appends the UTF-8 bytes of a text.
    mutating func append(_ text: String) {
        text.withUTF8Bytes { append(contentsOf: $0) }
    }
}
