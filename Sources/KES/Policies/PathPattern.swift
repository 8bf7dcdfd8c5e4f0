/// A rule of a policy: a pattern over paths, which KES has read in two ways.
///
/// Releases since October 2023 compare the whole path, or what stands before a final `*`. Earlier ones, and
/// the documentation to this day, read a glob as Go's `path.Match` does: `*` and `?` do not cross a slash,
/// `[a-z]` is a class.
package struct PathPattern: Hashable, Sendable {
    package let text: String
    private let literal: [UInt8]
    private let isPrefix: Bool
    /// Nil when the pattern is no well-formed glob.
    private let glob: Glob?

    package init(_ text: String) {
        self.text = text
        isPrefix = text.hasSuffix("*")
        literal = Array(isPrefix ? text.utf8.dropLast() : text.utf8[...])
        glob = Glob(text)
    }

    /// Whether a path matches, in either reading.
    package func matches(_ path: [UInt8]) -> Bool { matchesPrefix(path) || matchesGlob(path) }

    /// The reading of releases since October 2023.
    package func matchesPrefix(_ path: [UInt8]) -> Bool {
        isPrefix ? path.starts(with: literal) : path == literal
    }

    /// The reading of releases up to October 2023.
    package func matchesGlob(_ path: [UInt8]) -> Bool { glob?.matches(path[...]) ?? false }

    /// Why the two readings do not mean the same for some path; nil when they do.
    package var ambiguity: String? {
        guard let glob else { return "it is not a well-formed pattern; only its text as it stands matches" }
        if glob.isLiteral { return nil }
        if isPrefix, glob.isLiteralBeforeLast {
            // `/v1/key/create/my*`: a name has no slash, so both readings agree on paths that exist.
            return Self.endsInResource(literal)
                ? nil : "its final * crosses slashes in releases since October 2023, and did not before"
        }
        return "its wildcards are read as such by releases up to October 2023 only"
    }

    /// Whether a prefix reaches into the last part of a path of the API, a name, which has no slashes.
    private static func endsInResource(_ literal: [UInt8]) -> Bool {
        let text = String(decoding: literal, as: UTF8.self)
        return Self.resourceRoutes.contains { text.hasPrefix($0) }
    }

    private static let resourceRoutes = [
        "/v1/key/create/", "/v1/key/import/", "/v1/key/describe/", "/v1/key/list/", "/v1/key/delete/",
        "/v1/key/generate/", "/v1/key/encrypt/", "/v1/key/decrypt/", "/v1/key/hmac/",
        "/v1/key/bulk/decrypt/", "/v1/policy/describe/", "/v1/policy/read/", "/v1/policy/list/",
        "/v1/identity/describe/", "/v1/identity/list/",
    ]
}

extension PathPattern: CustomStringConvertible {
    package var description: String { text }
}
