import Glibc

/// A consumer's place in a trail, in a small file beside the segments.
package struct TrailBookmark: Sendable {
    private let directory: TrailDirectory
    private let path: String

    /// Names the place of one consumer in the trail of a directory.
    ///
    /// The name is made of lower-case letters, as in `events`; the directory is the trail's own.
    package init(_ name: String, directory: String) {
        precondition(
            !name.isEmpty && name.utf8.allSatisfy { (0x61...0x7A) ~= $0 },
            "a bookmark's name is made of lower-case letters"
        )
        self.directory = TrailDirectory(path: directory)
        path = "\(directory)/\(name).position"
    }

    /// The place kept last; nil when none was.
    ///
    /// - Throws: `TrailError.invalidPosition` when the file is damaged; `.unavailable`.
    package func load() throws(TrailError) -> TrailPosition? {
        guard let text = try directory.text(at: path, bytesMax: 1 << 20) else { return nil }
        return try TrailPosition(text)
    }

    /// Keeps a place, which waits for the disk: once a second is often enough.
    package func save(_ position: TrailPosition) throws(TrailError) {
        try directory.replace(path, with: position.description)
    }

    /// Forgets the place.
    package func remove() throws(TrailError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw .unavailable(SystemFailure(.remove, path, code: errno))
    }
}
