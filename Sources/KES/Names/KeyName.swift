/// The name of a key: 1 to 80 of `[0-9A-Za-z_-]`, no hyphen at either end, not `_` alone.
///
/// Policies and identities follow the same rule; see ``KESName``.
package struct KeyName: Hashable, Sendable {
    package let text: String

    package init(_ text: String) throws(KESError) {
        guard KESName.isValid(text) else { throw .invalidName(.key, text) }
        self.text = text
    }

    /// Takes a name that was checked before, as those in a listing are.
    init(checked text: String) { self.text = text }
}

extension KeyName: Comparable {
    package static func < (one: KeyName, other: KeyName) -> Bool { one.text < other.text }
}

extension KeyName: CustomStringConvertible {
    package var description: String { text }
}

/// The rule that names of keys, policies and identities share.
package enum KESName {
    /// What a name is of; errors tell it.
    package enum Kind: String, Sendable {
        case key, policy, identity
    }

    package static let countMax = 80

    package static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...countMax).contains(bytes.count), bytes.allSatisfy(isLetter) else { return false }
        let hyphen = UInt8(ascii: "-")
        return bytes.first != hyphen && bytes.last != hyphen && text != "_"
    }

    /// Gives the name back when it is one.
    package static func checked(_ text: String, _ kind: Kind) throws(KESError) -> String {
        guard isValid(text) else { throw .invalidName(kind, text) }
        return text
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
