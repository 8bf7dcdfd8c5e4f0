import AWSProtocol

/// The public half of an access key: `AKIA`, or `ASIA` for temporary credentials, and sixteen characters.
///
/// Read from text it is always that of a long-term key, unless temporary ones are asked for.
package struct AccessKeyID: WireText {
    package let description: String

    /// Nil unless the text has the form of a long-term access key id.
    package init?(_ text: String) {
        self.init(text, prefix: Self.longTermPrefix)
    }

    /// Nil unless the text has the form of the id of temporary credentials.
    package init?(temporary text: String) {
        self.init(text, prefix: Self.temporaryPrefix)
    }

    private init?(_ text: String, prefix: String) {
        guard text.utf8.count == 20, text.hasPrefix(prefix),
            text.utf8.dropFirst(4).allSatisfy(Base32.isDigit)
        else { return nil }
        description = text
    }

    private init(freshWith prefix: String) { description = prefix + Base32.randomText(count: 16) }

    /// A fresh id of a long-term key.
    package static func random() -> AccessKeyID { AccessKeyID(freshWith: longTermPrefix) }

    /// A fresh id of temporary credentials.
    package static func temporary() -> AccessKeyID { AccessKeyID(freshWith: temporaryPrefix) }

    /// Whether it is the id of temporary credentials, of which the session token alone knows more.
    package var isTemporary: Bool { description.hasPrefix(Self.temporaryPrefix) }

    private static let longTermPrefix = "AKIA"
    private static let temporaryPrefix = "ASIA"
}
