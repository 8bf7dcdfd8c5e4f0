/// Lower-case hexadecimal, as key ids and material ids are written.
enum Hex {
    /// The value of `0`–`9` or `a`–`f`; nil for anything else, upper case included.
    static func value(ofLowerCase digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Writes the two digits of a byte.
    static func write(_ byte: UInt8, to target: UnsafeMutablePointer<UInt8>) {
        target[0] = digit(byte >> 4)
        target[1] = digit(byte & 0x0F)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
