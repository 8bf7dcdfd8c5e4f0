package import Cryptography
import Glibc

/// A backup that is written: under the name `FILE.partial`, which becomes `FILE` when it is whole and on the disk.
///
/// Both have mode 0600. What an interrupted backup left under the partial name is removed by the next one; a
/// backup that is still writing there is left in peace.
package final class BackupOutputFile: BackupSink {
    private let path: String
    private let draft: String
    private let replaces: Bool
    private let descriptor: Int32
    private var isPublished = false

    /// Begins a file; with `replacing` one of that name may be there, and stays until the new one is whole.
    ///
    /// - Throws: `.exists`, `.system`; `.malformed` when the name is taken by something that is no file.
    package init(path: String, replacing: Bool) throws(FileFailure) {
        self.path = path
        draft = "\(path).partial"
        replaces = replacing
        try Self.check(path, replacing: replacing)
        descriptor = try Self.create(draft)
    }

    deinit {
        // Before the lock goes with the descriptor: nobody else can have begun another draft yet.
        if !isPublished { unlink(draft) }
        close(descriptor)
    }

    /// Writes the next bytes, all of them.
    package func write(_ bytes: [UInt8]) throws(FileFailure) {
        try Self.write(bytes, to: descriptor, name: draft)
    }

    /// Brings the file to the disk and gives it its name.
    ///
    /// - Throws: `.exists` when a file of that name appeared meanwhile and must not be replaced; `.system`.
    package func publish() throws(FileFailure) {
        guard fsync(descriptor) == 0 else {
            throw .system(path: draft, operation: "fsync", code: errno)
        }
        try rename()
        isPublished = true
        try DurableFile.synchronizeDirectory(of: path)
    }

    /// Writes all bytes to any descriptor.
    package static func write(
        _ bytes: [UInt8],
        to descriptor: Int32,
        name: String
    ) throws(FileFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno != EINTR {
                throw .system(path: name, operation: "write", code: errno)
            }
        }
    }

    private func rename() throws(FileFailure) {
        // A second name, unlike a new one, never takes the place of a file that appeared meanwhile.
        if !replaces, link(draft, path) == 0 {
            unlink(draft)
            return
        }
        // Some file systems know no second names; there a look must do.
        guard replaces || [EPERM, ENOTSUP, ENOSYS].contains(errno) else {
            throw errno == EEXIST
                ? .exists(path: path) : .system(path: path, operation: "link", code: errno)
        }
        try Self.check(path, replacing: replaces)
        guard Glibc.rename(draft, path) == 0 else {
            throw .system(path: path, operation: "rename", code: errno)
        }
    }

    /// Refuses a name that is taken.
    private static func check(_ path: String, replacing: Bool) throws(FileFailure) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard replacing else { throw .exists(path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .malformed(path: path, reason: "it is not a regular file")
        }
    }

    /// Makes the draft and locks it, after removing one that nobody writes any more.
    private static func create(_ draft: String) throws(FileFailure) -> Int32 {
        // More than one round only while others begin and end drafts of the same name.
        for _ in 0..<10 {
            let made = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if made >= 0 {
                if flock(made, LOCK_EX | LOCK_NB) == 0, isNamed(draft, made) { return made }
                close(made)
                continue
            }
            guard errno == EEXIST else { throw .system(path: draft, operation: "open", code: errno) }
            try removeAbandoned(draft)
        }
        throw .system(path: draft, operation: "open", code: EBUSY)
    }

    private static func removeAbandoned(_ draft: String) throws(FileFailure) {
        let found = open(draft, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard found >= 0 else {
            guard errno != ENOENT else { return }
            throw .system(path: draft, operation: "open", code: errno)
        }
        defer { close(found) }
        guard flock(found, LOCK_EX | LOCK_NB) == 0 else {
            throw .system(path: draft, operation: "lock", code: errno)
        }
        if isNamed(draft, found) { unlink(draft) }
    }

    /// Whether the name still is the open file's.
    private static func isNamed(_ path: String, _ descriptor: Int32) -> Bool {
        var named = stat()
        var opened = stat()
        return lstat(path, &named) == 0 && fstat(descriptor, &opened) == 0
            && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
    }
}
