/// Percent-encoding as AWS signs it: everything but `A-Z a-z 0-9 - . _ ~` becomes `%` and two capitals
/// (RFC 3986 section 2).
package enum PercentEncoding {
    /// The encoded form of a text; slashes stay when asked.
    package static func encode(_ text: String, keepingSlashes: Bool = false) -> String {
        var bytes: [UInt8] = []
        text.withUTF8Bytes { append($0, keepingSlashes: keepingSlashes, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes of an encoded text; nil when a `%` lacks two hexadecimal digits.
    package static func decode(
        _ text: some Collection<UInt8>,
        plusIsSpace: Bool = false
    ) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.next().flatMap(Hex.value(of:)),
                    let low = rest.next().flatMap(Hex.value(of:))
                else { return nil }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte == UInt8(ascii: "+") && plusIsSpace ? UInt8(ascii: " ") : byte)
            }
        }
        return bytes
    }

    /// Appends the encoded form of bytes, percent signs included.
    static func append(
        _ source: some Sequence<UInt8>,
        keepingSlashes: Bool,
        to target: inout [UInt8]
    ) {
        for byte in source {
            if isUnreserved(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
                target.append(byte)
            } else {
                appendEscaped(byte, to: &target)
            }
        }
    }

    /// Appends text that is encoded already in the one form that is signed: valid escapes stay, in capitals,
    /// those of unreserved characters are undone, and everything else that needs an escape gets one.
    static func appendNormalized(
        _ source: UnsafeBufferPointer<UInt8>,
        keepingSlashes: Bool,
        plusIsSpace: Bool,
        to target: inout [UInt8]
    ) {
        var index = 0
        while index < source.count {
            let byte = source[index]
            index += 1
            if byte == UInt8(ascii: "%"), index + 1 < source.count,
                let high = Hex.value(of: source[index]), let low = Hex.value(of: source[index + 1])
            {
                let value = high << 4 | low
                if isUnreserved(value) { target.append(value) } else { appendEscaped(value, to: &target) }
                index += 2
            } else if isUnreserved(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
                target.append(byte)
            } else {
                let value = plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte
                appendEscaped(value, to: &target)
            }
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    private static func appendEscaped(_ byte: UInt8, to target: inout [UInt8]) {
        target.append(UInt8(ascii: "%"))
        target.append(capitalDigit(byte >> 4))
        target.append(capitalDigit(byte & 15))
    }

    private static func capitalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") - 10 + value
    }
}
