package import struct Foundation.Date

/// Appends JSON to a byte buffer and places the commas.
///
/// The caller balances what it begins and ends and names every member of an object; what it writes in that
/// order is valid JSON.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8]
    /// Whether something stands before the place where the next value or name goes.
    private var needsComma = false

    /// Starts an empty document with room for so many bytes.
    package init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    package mutating func endObject() { end(UInt8(ascii: "}")) }
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes the name of the member whose value comes next.
    package mutating func name(_ name: String) {
        separate()
        name.withUTF8Bytes { quote($0) }
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes the name of the next member with its first letter, one of ASCII, made small.
    package mutating func name(lowercasingFirst name: String) {
        separate()
        let start = bytes.count
        name.withUTF8Bytes { quote($0) }
        bytes[start + 1] = bytes[start + 1].asciiLowercased
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ text: String) {
        separate()
        text.withUTF8Bytes { quote($0) }
    }

    package mutating func string(_ text: JSONString) {
        separate()
        text.withUTF8 { quote($0) }
    }

    /// Writes the text of an id without making a String.
    package mutating func string<Purpose>(_ id: UniqueID<Purpose>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        id.append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    package mutating func integer(_ value: Int64) {
        separate()
        appendDecimal(value)
    }

    /// Writes a finite number.
    package mutating func double(_ value: Double) {
        precondition(value.isFinite, "JSON has no numbers that are not finite")
        separate()
        bytes.append(value.description)
    }

    package mutating func bool(_ value: Bool) {
        separate()
        bytes.append(value ? "true" : "false")
    }

    package mutating func null() {
        separate()
        bytes.append("null")
    }

    /// Writes seconds since 1970 with three decimals, or none when they are zero; never an exponent.
    package mutating func timestamp(_ date: Date) {
        separate()
        let milliseconds = Timestamp.milliseconds(of: date)
        if milliseconds < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = Int64(milliseconds.magnitude)
        appendDecimal(magnitude / 1_000)
        let fraction = magnitude % 1_000
        guard fraction != 0 else { return }
        bytes.append(UInt8(ascii: "."))
        for divisor: Int64 in [100, 10, 1] {
            bytes.append(UInt8(ascii: "0") + UInt8(fraction / divisor % 10))
        }
    }

    /// Writes bytes as a string of base64, straight into the buffer.
    package mutating func base64(_ blob: [UInt8]) { blob.withUnsafeBytes { base64($0) } }

    /// Writes bytes as a string of base64, straight into the buffer.
    package mutating func base64(_ blob: UnsafeRawBufferPointer) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        Base64.append(blob, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a value that is JSON already; it is not checked.
    package mutating func raw(_ fragment: [UInt8]) {
        separate()
        bytes.append(contentsOf: fragment)
    }

    /// Writes a parsed value with all that is in it.
    package mutating func value(_ json: JSON) {
        switch json {
        case .null: null()
        case .bool(let flag): bool(flag)
        case .number(let number): raw(Array(number.text.utf8))
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for (key, member) in object.members {
                separate()
                key.withUTF8 { quote($0) }
                bytes.append(UInt8(ascii: ":"))
                needsComma = false
                value(member)
            }
            endObject()
        }
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func appendDecimal(_ value: Int64) {
        // Up to 15 characters a String lies in registers.
        bytes.append(String(value))
    }
}

// MARK: Escapes

extension JSONWriter {
    /// Appends UTF-8 as a string, with the escapes RFC 8259 section 7 demands and no others.
    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var plain = 0
        var index = 0
        while index < text.count {
            if let base = text.baseAddress, text.count - index >= 8,
                PlainText.isPlain(UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
            {
                index += 8
                continue
            }
            let byte = text[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                index += 1
                continue
            }
            bytes.append(contentsOf: text[plain..<index])
            escape(byte)
            index += 1
            plain = index
        }
        bytes.append(contentsOf: text[plain...])
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        default:
            bytes.append("u00")
            Hex.append(CollectionOfOne(byte), to: &bytes)
        }
    }
}
