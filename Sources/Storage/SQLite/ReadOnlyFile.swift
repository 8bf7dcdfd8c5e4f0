import Glibc

/// A file that is read from its beginning on.
final class ReadOnlyFile {
    private let path: String
    private let descriptor: Int32

    /// Nil when there is no such file.
    init?(_ path: String) throws(StorageError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor < 0 else { return }
        if errno == ENOENT { return nil }
        throw .unavailable(reason: "\(path): \(String(cString: strerror(errno)))")
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The next bytes; fewer than asked for only at the end.
    func read(_ count: Int) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
            }
            guard got >= 0 else {
                throw .unavailable(reason: "\(path): \(String(cString: strerror(errno)))")
            }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }
}
