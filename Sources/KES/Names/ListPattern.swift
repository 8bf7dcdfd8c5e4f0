/// What a listing is asked for: all names that begin with a prefix, and where to go on.
///
/// On the wire it is the end of the path: `my`, `my*`, or `my~my-key-1024` as an answer's `continue_at` said.
/// Clients send `continue_at` back in place of the prefix, so it carries both. It begins with the prefix, so
/// that a policy which allows `/v1/key/list/my*` allows to go on; `~` is in no name.
package struct ListPattern: Hashable, Sendable {
    package let prefix: String
    /// The first name that the page may hold.
    package let startingAt: String?

    package init(_ text: String) throws(KESError) {
        let parts = text.split(separator: Self.separator, maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard Self.isPrefix(parts[0]), KESName.isValid(String(parts[1])) else {
                throw .invalidPattern(text)
            }
            prefix = String(parts[0])
            startingAt = String(parts[1])
        } else {
            let stripped = text.hasSuffix("*") ? text.dropLast() : text[...]
            guard Self.isPrefix(stripped) else { throw .invalidPattern(text) }
            prefix = String(stripped)
            startingAt = nil
        }
    }

    /// All names.
    package static let everything = ListPattern(prefix: "", startingAt: nil)

    private init(prefix: String, startingAt: String?) {
        self.prefix = prefix
        self.startingAt = startingAt
    }

    /// The text of `continue_at` for a listing that goes on at `name`.
    package func continuation(at name: String) -> String { "\(prefix)\(Self.separator)\(name)" }

    /// Whether a listing with this pattern may show a name.
    package func matches(_ name: String) -> Bool {
        name.hasPrefix(prefix) && startingAt.map { name >= $0 } ?? true
    }

    private static let separator: Character = "~"

    private static func isPrefix(_ text: Substring) -> Bool {
        text.utf8.count <= KESName.countMax && text.utf8.allSatisfy(KESName.isLetter)
    }
}
