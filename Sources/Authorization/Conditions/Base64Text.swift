/// RFC 4648 base64 with padding, for `BinaryEquals`.
enum Base64Text {
    /// Decodes a whole text; nil when it is not canonical base64.
    static func decode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.count % 4 == 0 else { return nil }
        let padding = bytes.suffix(2).count { $0 == UInt8(ascii: "=") }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count / 4 * 3)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes.dropLast(padding) {
            guard let value = value(byte) else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                decoded.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        // Left-over bits that are not zero would let two texts mean the same bytes.
        guard buffer & ((1 << bits) - 1) == 0 else { return nil }
        return decoded
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
