package import Foundation

/// A value that writes the members of its record itself.
///
/// For records that are written often: Swift's containers take several times as long, because nothing of them is
/// known before they run. What is written must be what ``RecordEncoder`` makes of the same value.
package protocol DirectRecord: Encodable {
    /// - Throws: `EncodingError` for a number that JSON has no form for.
    func write(to members: inout RecordMembers) throws
}

/// Writes the members of one JSON object after the other.
package struct RecordMembers {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    /// The JSON of a value.
    static func encode(_ value: some DirectRecord) throws -> [UInt8] {
        var members = RecordMembers()
        // With the array's header under 1 KiB, up to which the allocator is fast.
        members.bytes.reserveCapacity(976)
        try members.body { members in try value.write(to: &members) }
        return members.bytes
    }

    package mutating func text(_ name: StaticString, _ text: String) {
        begin(name)
        bytes.appendJSON(text)
    }

    /// A text of so many bytes of ASCII, which `write` puts where it is told to; none of them is one that JSON escapes.
    package mutating func ascii(
        _ name: StaticString,
        byteCount: Int,
        _ write: (UnsafeMutablePointer<UInt8>) -> Void
    ) {
        begin(name)
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: byteCount))
        bytes.withUnsafeMutableBufferPointer { bytes in
            if let base = bytes.baseAddress { write(base + start) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func texts(_ name: StaticString, _ texts: [String]) {
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.appendJSON(text)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    package mutating func texts(_ name: StaticString, _ texts: [String: String]) {
        begin(name)
        bytes.append(UInt8(ascii: "{"))
        for (index, (key, text)) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.appendJSON(key)
            bytes.append(UInt8(ascii: ":"))
            bytes.appendJSON(text)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    package mutating func integer(_ name: StaticString, _ integer: Int) {
        begin(name)
        bytes.append(contentsOf: integer.description.utf8)
    }

    /// Seconds since 1970.
    package mutating func date(_ name: StaticString, _ date: Date) throws {
        begin(name)
        bytes.append(contentsOf: try RecordOutput.text(of: date.timeIntervalSince1970).utf8)
    }

    /// As ``StoredBytes`` has them; none are left out.
    package mutating func bytes(_ name: StaticString, _ value: [UInt8]?) {
        guard let value else { return }
        begin(name)
        bytes.appendJSON(Data(value).base64EncodedString())
    }

    package mutating func object(
        _ name: StaticString,
        _ write: (inout RecordMembers) throws -> Void
    ) rethrows {
        begin(name)
        try body(write)
    }

    /// As many objects as there are, by their numbers: a list of any elements would have its type looked up for every
    /// record, since another module's generic code is not specialised.
    package mutating func objects(
        _ name: StaticString,
        count: Int,
        _ write: (Int, inout RecordMembers) throws -> Void
    ) rethrows {
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for index in 0..<count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            try body { members in try write(index, &members) }
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Any value, as slowly as by itself; none is left out.
    package mutating func value(_ name: StaticString, _ value: (some Encodable)?) throws {
        guard let value else { return }
        begin(name)
        bytes.append(contentsOf: try RecordEncoder.encode(value))
    }

    private mutating func body(_ write: (inout RecordMembers) throws -> Void) rethrows {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        try write(&self)
        isFirst = false
        bytes.append(UInt8(ascii: "}"))
    }

    /// Names are those of members in Swift, so nothing of them is to be escaped.
    private mutating func begin(_ name: StaticString) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }
}
