import AWSProtocol
import Operations

/// The name of a role session, of a federated user, or a source identity: 2 to 64 letters, digits and `_+=,.@-`.
///
/// Source: STS API Reference, `roleSessionNameType`, `sourceIdentityType`.
package struct SessionName: WireText {
    package let description: String

    private static let characters = 2...64

    /// Nil for text that is too short, too long, or has other characters.
    package init?(_ text: String) {
        guard Self.characters.contains(text.unicodeScalars.count),
            text.unicodeScalars.allSatisfy({
                $0.isASCIIAlphanumeric || "_+=,.@-".unicodeScalars.contains($0)
            })
        else { return nil }
        description = text
    }
}
