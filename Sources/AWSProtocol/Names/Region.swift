/// The name of a Region, as in `us-east-1` or `us-gov-west-1`.
package struct Region: WireText {
    package let description: String

    /// Nil unless the text is two or three words of lower-case letters, each followed by a hyphen, and a
    /// number: `^([a-z]+-){2,3}\d+$`, at most 32 bytes.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, Self.isWellFormed(text.utf8) else { return nil }
        description = text
    }

    private static let bytesMax = 32

    private static func isWellFormed(_ bytes: String.UTF8View) -> Bool {
        var words = 0
        var letters = 0
        var digits = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                guard digits == 0 else { return false }
                letters += 1
            case UInt8(ascii: "-"):
                guard letters > 0, digits == 0 else { return false }
                words += 1
                letters = 0
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard letters == 0 else { return false }
                digits += 1
            default:
                return false
            }
        }
        return (2...3).contains(words) && digits > 0
    }
}
