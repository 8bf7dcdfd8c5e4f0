import Glibc

/// Small files that must be whole after a power loss and closed to everybody but their owner.
package enum DurableFile {
    /// Makes a file with mode 0600 that must not exist yet; it survives a power loss once this returns.
    ///
    /// It appears whole: neither a crash nor another process that makes it at the same time leaves or sees a
    /// part of it.
    package static func create(
        at path: String,
        contents: borrowing SecretBytes
    ) throws(FileFailure) {
        let draft = "\(path).\(UInt64.random(in: 0 ... .max)).new"
        let descriptor = try open(draft, O_WRONLY | O_CREAT | O_EXCL)
        defer { unlink(draft) }
        try fill(descriptor, at: draft, with: contents)
        guard link(draft, path) == 0 else {
            throw errno == EEXIST
                ? .exists(path: path) : .system(path: path, operation: "link", code: errno)
        }
        try synchronizeDirectory(of: path)
    }

    /// Removes a file; it stays gone after a power loss once this returns.
    package static func remove(at path: String) throws(FileFailure) {
        guard unlink(path) == 0 else {
            throw errno == ENOENT
                ? .missing(path: path) : .system(path: path, operation: "unlink", code: errno)
        }
        try synchronizeDirectory(of: path)
    }

    /// Puts new contents in place of a file, or makes it; readers and a power loss see the old or the new.
    package static func replace(
        at path: String,
        contents: borrowing SecretBytes
    ) throws(FileFailure) {
        let draft = "\(path).new"
        // What an interrupted attempt left behind is of no use to anybody.
        unlink(draft)
        let descriptor = try open(draft, O_WRONLY | O_CREAT | O_EXCL)
        do throws(FileFailure) {
            try fill(descriptor, at: draft, with: contents)
            guard rename(draft, path) == 0 else {
                throw .system(path: path, operation: "rename", code: errno)
            }
        } catch {
            unlink(draft)
            throw error
        }
        try synchronizeDirectory(of: path)
    }

    /// Reads a whole file of at most `bytesMax` bytes; with `ownerOnly` one that is open to others is
    /// refused.
    package static func read(
        at path: String,
        bytesMax: Int,
        ownerOnly: Bool
    ) throws(FileFailure) -> SecretBytes {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(path: path, operation: "fstat", code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .malformed(path: path, reason: "it is not a regular file")
        }
        let mode = UInt32(status.st_mode & 0o777)
        guard !ownerOnly || mode & 0o077 == 0 else { throw .openToOthers(path: path, mode: mode) }
        guard status.st_size <= bytesMax else {
            throw .malformed(path: path, reason: "it is longer than \(bytesMax) bytes")
        }
        return try SecretBytes(count: Int(status.st_size)) { memory throws(FileFailure) in
            try fill(memory, from: descriptor, at: path)
        }
    }

    private static func open(_ path: String, _ flags: Int32) throws(FileFailure) -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT where flags & O_CREAT == 0: throw .missing(path: path)
            case EEXIST: throw .exists(path: path)
            default: throw .system(path: path, operation: "open", code: errno)
            }
        }
        return descriptor
    }

    /// Writes, brings to the disk and closes.
    private static func fill(
        _ descriptor: Int32,
        at path: String,
        with contents: borrowing SecretBytes
    ) throws(FileFailure) {
        defer { close(descriptor) }
        try contents.withUnsafeBytes { bytes throws(FileFailure) in
            try write(bytes, to: descriptor, at: path)
        }
        guard fsync(descriptor) == 0 else {
            throw .system(path: path, operation: "fsync", code: errno)
        }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer,
        to descriptor: Int32,
        at path: String
    ) throws(FileFailure) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let written = Glibc.write(descriptor, base, rest.count)
            if written >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } else if errno != EINTR {
                throw .system(path: path, operation: "write", code: errno)
            }
        }
    }

    private static func fill(
        _ memory: UnsafeMutableRawBufferPointer,
        from descriptor: Int32,
        at path: String
    ) throws(FileFailure) {
        guard let base = memory.baseAddress else { return }
        var filled = 0
        while filled < memory.count {
            let got = Glibc.read(descriptor, base + filled, memory.count - filled)
            if got > 0 {
                filled += got
            } else if got == 0 {
                throw .malformed(path: path, reason: "it became shorter while it was read")
            } else if errno != EINTR {
                throw .system(path: path, operation: "read", code: errno)
            }
        }
    }

    /// Brings the name of a new or renamed file to the disk.
    package static func synchronizeDirectory(of path: String) throws(FileFailure) {
        let directory: String
        switch path.lastIndex(of: "/") {
        case nil: directory = "."
        case path.startIndex: directory = "/"
        case let slash?: directory = String(path[..<slash])
        }
        let descriptor = try open(directory, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw .system(path: directory, operation: "fsync", code: errno)
        }
    }
}
