/// What a request of HTTP/2 asks for, where its header fields say only that.
///
/// All others, the malformed too, are left to the HTTP library, which knows what is wrong with them.
struct PlainFields: Equatable {
    /// Method and path with a space between.
    let line: [UInt8]
    /// Nil where the client does not tell.
    let bodyBytes: Int?

    /// Nil for fields that are not plain.
    init?(_ fields: some Sequence<(String, String)>) {
        var reader = PlainFieldsReader()
        for (name, value) in fields {
            guard reader.note(name, value) else { return nil }
        }
        guard let method = reader.method, let path = reader.path, reader.hasScheme else { return nil }
        line = Array(method.utf8) + [0x20] + Array(path.utf8)
        bodyBytes = reader.bodyBytes
    }
}

private struct PlainFieldsReader {
    var method: String?
    var path: String?
    var hasScheme = false
    var bodyBytes: Int?
    private var hasAuthority = false
    private var isBehindPseudoFields = false

    /// False for a field that is not plain, or comes where or as often as it must not (RFC 9113 section 8.3).
    mutating func note(_ name: String, _ value: String) -> Bool {
        guard value.utf8.allSatisfy(Self.isField), value.utf8.first != 0x20, value.utf8.last != 0x20,
            let first = name.utf8.first
        else { return false }
        if first == UInt8(ascii: ":") { return notePseudo(name, value) }
        isBehindPseudoFields = true
        guard name.utf8.allSatisfy(Self.isToken) else { return false }
        switch name {
        // Of the connection, which HTTP/2 has no use for (RFC 9113 section 8.2.2), or asking for more than an answer.
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te", "trailer",
            "expect":
            return false
        case "content-length":
            guard bodyBytes == nil, (1...9).contains(value.utf8.count),
                value.utf8.allSatisfy({ (0x30...0x39).contains($0) })
            else { return false }
            bodyBytes = value.utf8.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            return true
        default: return true
        }
    }

    private mutating func notePseudo(_ name: String, _ value: String) -> Bool {
        guard !isBehindPseudoFields else { return false }
        switch name {
        case ":method":
            guard method == nil, !value.isEmpty, value.utf8.allSatisfy(Self.isUppercaseLetter) else {
                return false
            }
            method = value
        case ":path":
            guard path == nil, value.utf8.first == UInt8(ascii: "/"),
                value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { return false }
            path = value
        case ":scheme":
            guard !hasScheme, value == "https" else { return false }
            hasScheme = true
        case ":authority":
            guard !hasAuthority, !value.isEmpty else { return false }
            hasAuthority = true
        default: return false
        }
        return true
    }

    private static func isUppercaseLetter(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
    private static func isField(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

    /// RFC 9110 section 5.6.2, without the upper case, which HTTP/2 does not have (RFC 9113 section 8.2.1).
    private static func isToken(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || marks.contains(byte)
    }

    private static let marks = Array("!#$%&'*+-.^_`|~".utf8)
}

/// A block of header fields as bytes (RFC 7541 section 6).
enum HeaderBlockText {
    /// Whether a block that is well formed leaves the table as it is.
    static func leavesTable(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte & 0x80 != 0 {
                guard number(bytes, &index, bits: 7) != nil else { return false }
            } else if byte & 0xE0 == 0 {
                guard let name = number(bytes, &index, bits: 4), name != 0 || skipText(bytes, &index),
                    skipText(bytes, &index)
                else { return false }
            } else {
                return false
            }
        }
        return true
    }

    private static func skipText(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Bool {
        guard index < bytes.count, let count = number(bytes, &index, bits: 7), count <= bytes.count - index
        else { return false }
        index += count
        return true
    }

    /// A number whose first byte has so many bits of it (RFC 7541 section 5.1); nil beyond what a block can hold.
    private static func number(_ bytes: UnsafeRawBufferPointer, _ index: inout Int, bits: UInt8) -> Int? {
        let mask = UInt8(1) << bits - 1
        var number = Int(bytes[index] & mask)
        index += 1
        guard number == Int(mask) else { return number }
        var shift = 0
        while index < bytes.count, shift <= 21 {
            let byte = bytes[index]
            index += 1
            number += Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
            shift += 7
        }
        return nil
    }
}
