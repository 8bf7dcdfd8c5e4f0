import AWSProtocol

/// The unique id of a user, group, role or the like, such as `AIDA` and seventeen characters; never used twice.
///
/// Source: IAM User Guide, "IAM identifiers", "Unique identifiers".
package struct PrincipalID: WireText {
    package let description: String

    /// Nil unless the text is a four-letter prefix and seventeen characters of `A–Z` and `2–7`, or sixteen, as
    /// an earlier version made them.
    package init?(_ text: String) {
        guard (20...21).contains(text.utf8.count), text.utf8.prefix(4).allSatisfy(Base32.isLetter),
            text.utf8.dropFirst(4).allSatisfy(Base32.isDigit)
        else { return nil }
        description = text
    }

    private init(prefix: String) {
        description = prefix + Base32.randomText(count: 17)
    }

    /// A fresh id for something of a type.
    package static func random(_ type: EntityType) -> PrincipalID { PrincipalID(prefix: type.idPrefix) }

    /// A fresh id for a user.
    package static func user() -> PrincipalID { random(.user) }
}

/// The alphabet of the ids AWS hands out (RFC 4648 section 6, without padding).
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// Text of so many characters from the system's random source: five bits each.
    static func randomText(count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<count).map { _ in alphabet[Int(generator.next() & 31 as UInt64)] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The lowest 40 bits of a number as eight characters.
    static func text(of number: UInt64) -> String {
        let bytes = (0..<8).map { alphabet[Int(number >> (35 - 5 * UInt64($0)) & 31)] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number that up to twelve characters of the alphabet stand for.
    static func value(of text: some Sequence<UInt8>) -> UInt64 {
        text.reduce(0) { value, digit in
            let offset = isLetter(digit) ? digit - UInt8(ascii: "A") : digit - UInt8(ascii: "2") + 26
            return value << 5 | UInt64(offset)
        }
    }

    static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    static func isDigit(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains(byte)
    }
}
