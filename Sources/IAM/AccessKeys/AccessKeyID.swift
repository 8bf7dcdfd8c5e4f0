import AWSProtocol

/// The public half of an access key: `AKIA` and sixteen characters.
package struct AccessKeyID: WireText {
    package let description: String

    /// Nil unless the text has the form of a long-term access key id.
    package init?(_ text: String) {
        guard text.utf8.count == 20, text.hasPrefix(Self.prefix),
            text.utf8.dropFirst(4).allSatisfy(Base32.isDigit)
        else { return nil }
        description = text
    }

    private init(unique: String) { description = Self.prefix + unique }

    /// A fresh id.
    package static func random() -> AccessKeyID { AccessKeyID(unique: Base32.randomText(count: 16)) }

    private static let prefix = "AKIA"
}
