package import AWSProtocol

/// The public half of an access key: `AKIA`, or `ASIA` for temporary ones, and sixteen characters.
package struct AccessKeyID: WireText {
    package let description: String

    /// Nil unless the text has the form of an access key id.
    package init?(_ text: String) {
        guard text.utf8.count == 20, text.hasPrefix(Self.longTerm) || text.hasPrefix(Self.temporary),
            text.utf8.dropFirst(4).allSatisfy(Base32.isDigit)
        else { return nil }
        description = text
    }

    private init(unchecked text: String) { description = text }

    private init(prefix: String) { description = prefix + Base32.randomText(count: 16) }

    /// A fresh id of a long-term key.
    package static func random() -> AccessKeyID { AccessKeyID(prefix: longTerm) }

    /// A fresh id of a session's key, which tells the account as AWS's ids do: of its 80 bits the 40 behind the first.
    package static func randomTemporary(of account: AccountID) -> AccessKeyID {
        let number = UInt64(account.description) ?? 0
        let random = UInt64.random(in: 0...UInt64.max)
        let head = (random >> 63) << 39 | number >> 1
        let tail = (number & 1) << 39 | random & 0x7F_FFFF_FFFF
        return AccessKeyID(unchecked: temporary + Base32.text(of: head) + Base32.text(of: tail))
    }

    /// Whether the key is a session's.
    package var isTemporary: Bool { description.hasPrefix(Self.temporary) }

    /// The account that the id of a session's key tells; nil for a number that no account has, and other keys.
    package var accountOfSession: AccountID? {
        guard isTemporary else { return nil }
        let digits = description.utf8.dropFirst(4)
        let (head, tail) = (Base32.value(of: digits.prefix(8)), Base32.value(of: digits.dropFirst(8)))
        let text = String((head & 0x7F_FFFF_FFFF) << 1 | tail >> 39)
        return AccountID(String(repeating: "0", count: max(0, 12 - text.utf8.count)) + text)
    }

    private static let longTerm = "AKIA"
    private static let temporary = "ASIA"
}
