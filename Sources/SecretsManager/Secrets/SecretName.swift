import AWSProtocol

/// The name of a secret: 1 to 512 ASCII letters, digits and `/_+=.@-!`.
///
/// Source: Secrets Manager API Reference, CreateSecret.
package struct SecretName: WireText {
    package let description: String

    package static let bytesMax = 512

    package init?(_ text: String) {
        guard (1...Self.bytesMax).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
            return nil
        }
        description = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/_+=.@-!".utf8.contains(byte)
        }
    }
}

/// The six characters that an ARN adds to a secret's name, so that a secret made again under the same name is
/// another resource.
package struct SecretSuffix: WireText {
    package let description: String

    package static let length = 6

    package init?(_ text: String) {
        guard text.utf8.count == Self.length, text.unicodeScalars.allSatisfy(Self.alphabet.contains) else {
            return nil
        }
        description = text
    }

    private init(unchecked text: String) { description = text }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".unicodeScalars
    )

    /// A suffix that nobody can tell beforehand.
    package static func random() -> SecretSuffix {
        var generator = SystemRandomNumberGenerator()
        var text = String.UnicodeScalarView()
        for _ in 0..<length { text.append(alphabet[Int.random(in: alphabet.indices, using: &generator)]) }
        return SecretSuffix(unchecked: String(text))
    }
}
