/// The name of a condition key, such as `aws:SourceIp`, `aws:PrincipalTag/team` or
/// `kms:EncryptionContext:purpose`.
///
/// Names are case-insensitive, and so are tag keys after `/` and encryption context keys after
/// `kms:EncryptionContext:` (KMS Developer Guide, "kms:EncryptionContext:context-key").
package struct ConditionKey: Sendable {
    /// The lower-cased name without its suffix and separator: `aws:principaltag`, `kms:encryptioncontext`.
    package let name: String

    /// What follows `/` or the second `:` as the policy writes it: a tag key, an encryption context key.
    package let suffix: String?

    /// The global key this is, if it is one, so that contexts switch on a number and not on text.
    package let global: GlobalConditionKey?

    /// The whole name as it was written.
    package let written: String

    /// What equality and hashing look at.
    private let canonical: String

    /// The service prefixes whose keys take a second part behind a colon.
    private static let colonFamilies = ["kms:encryptioncontext", "kms:recipientattestation"]

    /// Longest name accepted, in UTF-8 bytes; an encryption context value has 8,192 at most.
    private static let nameBytesMax = 8_192

    /// Reads a key as policies write it.
    ///
    /// - Returns: nil when the text has no service prefix, or is empty or absurdly long.
    package init?(parsing text: String) {
        guard text.utf8.count <= Self.nameBytesMax, let colon = text.firstIndex(of: ":"),
            colon > text.startIndex, text.index(after: colon) < text.endIndex,
            !text.contains(where: { $0 == "$" || $0 == "{" || $0 == "}" })
        else { return nil }
        self.init(text)
    }

    /// Makes a key from a name known to be one; text without a service prefix matches no policy.
    package init(_ text: String) {
        let lowered = text.lowercased()
        written = text
        for family in Self.colonFamilies where lowered.hasPrefix(family + ":") {
            let suffix = String(text.dropFirst(family.count + 1))
            name = family
            self.suffix = suffix
            global = nil
            canonical = lowered
            return
        }
        canonical = lowered
        // A slash before the first colon belongs to the host of an identity provider, not to a tag.
        if let colon = text.firstIndex(of: ":"), let slash = text[colon...].firstIndex(of: "/") {
            name = text[..<slash].lowercased()
            suffix = String(text[text.index(after: slash)...])
        } else {
            name = lowered
            suffix = nil
        }
        global = GlobalConditionKey(name: name, hasSuffix: suffix != nil)
    }

    /// Whether the key's values may carry secrets, so that no report tells them.
    ///
    /// The address of a webhook is often all that one needs to post to it.
    package var isConfidential: Bool { name == "sns:endpoint" }

    /// The whole name, lower-cased where case does not matter.
    package var description: String { canonical }

    /// Whether the suffix names this tag; tag keys differ in more than case.
    package func names(tag: String) -> Bool {
        suffix.map { sameIgnoringCase($0, tag) } ?? false
    }

    /// Whether the suffix names this key of an encryption context, in whatever case.
    package func names(contextKey: String) -> Bool {
        names(tag: contextKey)
    }
}

extension ConditionKey: Hashable, CustomStringConvertible {
    package static func == (left: ConditionKey, right: ConditionKey) -> Bool {
        sameBytes(left.canonical, right.canonical)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in canonical.utf8 { hasher.combine(byte) }
    }
}

extension ConditionKey: ExpressibleByStringLiteral {
    package init(stringLiteral text: StaticString) {
        self.init(text.description)
    }
}
