extension [UInt8] {
    /// Appends a text as JSON has it, with the short forms for line breaks and tabs, of which policies are full.
    mutating func appendJSON(_ text: String) {
        var text = text
        append(Self.quote)
        text.withUTF8 { text in
            var plain = 0
            for (index, byte) in text.enumerated()
            where byte < 0x20 || byte == Self.quote || byte == Self.slash {
                append(contentsOf: text[plain..<index])
                plain = index + 1
                append(Self.slash)
                appendEscape(of: byte)
            }
            append(contentsOf: text[plain...])
        }
        append(Self.quote)
    }

    /// What follows the backslash.
    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
        case ..<0x20: append(contentsOf: ("u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)).utf8)
        default: append(byte)
        }
    }

    private static let quote = UInt8(ascii: "\"")
    private static let slash = UInt8(ascii: "\\")
}
