import AWSProtocol
package import Authorization

/// The policies given when a session is made: what is allowed both by them and by the role or user is allowed.
///
/// Source: IAM User Guide, "Session policies".
package struct SessionPolicies: Hashable, Sendable, Codable {
    /// The inline policy without the spaces between its words.
    package let inline: String?
    /// ARNs of managed policies.
    package let managed: [String]

    private enum CodingKeys: String, CodingKey {
        case inline = "i"
        case managed = "m"
    }

    /// Managed policies a session can have (IAM User Guide, "IAM and AWS STS quotas").
    static let managedMax = 10
    /// Characters of the inline policy, as it is given (STS API Reference, `sessionPolicyDocumentType`).
    static let inlineCharactersMax = 2_048

    /// No policies at all: nothing limits the session but its role or user.
    package static let none = SessionPolicies(uncheckedInline: nil, managed: [])

    private init(uncheckedInline: String?, managed: [String]) {
        inline = uncheckedInline
        self.managed = managed
    }

    /// Takes the policies of a request.
    ///
    /// - Throws: what is wrong with the inline policy.
    package init(inline: String?, managed: [String]) throws(PolicyError) {
        if let inline { _ = try PolicyDocument(parsing: inline, as: .session) }
        self.init(uncheckedInline: inline.map(Self.compact), managed: managed)
    }

    package var isEmpty: Bool { inline == nil && managed.isEmpty }

    /// A JSON text without the white space between its tokens.
    private static func compact(_ json: String) -> String {
        var bytes: [UInt8] = []
        var isInString = false
        var isEscaped = false
        for byte in json.utf8 {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInString = true
            } else if byte == 0x20 || (0x09...0x0D).contains(byte) {
                continue
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// How much of the room for policies and tags a session takes.
///
/// The limit is on what goes into the token, so that a token always fits the headers of a request.
package enum PackedSize {
    private static let bytesMax = 4_096

    /// The part taken, in percent, rounded up; more than 100 is too much.
    ///
    /// Nil for a session without both.
    package static func percent(of policies: SessionPolicies, _ tags: SessionTags) -> Int? {
        guard !policies.isEmpty || !tags.isEmpty else { return nil }
        let policyBytes =
            (policies.inline?.utf8.count ?? 0) + policies.managed.reduce(0) { $0 + $1.utf8.count + 1 }
        let tagBytes = tags.values.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 2 }
        return ((policyBytes + tagBytes) * 100 + bytesMax - 1) / bytesMax
    }
}
