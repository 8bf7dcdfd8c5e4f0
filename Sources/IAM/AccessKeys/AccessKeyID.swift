import AWSProtocol

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

    private init(prefix: String) { description = prefix + Base32.randomText(count: 16) }

    /// A fresh id of a long-term key.
    package static func random() -> AccessKeyID { AccessKeyID(prefix: longTerm) }

    /// A fresh id of a session's key.
    package static func randomTemporary() -> AccessKeyID { AccessKeyID(prefix: temporary) }

    /// Whether the key is a session's.
    package var isTemporary: Bool { description.hasPrefix(Self.temporary) }

    private static let longTerm = "AKIA"
    private static let temporary = "ASIA"
}
