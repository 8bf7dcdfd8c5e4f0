package import Cryptography
import Glibc

/// A backup that is read: a file, which can be read again from its beginning, or a stream.
package final class BackupInputFile: BackupSource {
    private let descriptor: Int32
    private let path: String
    private let isOwned: Bool

    /// Opens a file.
    package init(path: String) throws(FileFailure) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw errno == ENOENT
                ? .missing(path: path) : .system(path: path, operation: "open", code: errno)
        }
        descriptor = opened
        self.path = path
        isOwned = true
    }

    /// Reads from a descriptor that somebody else closes.
    package init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        path = name
        isOwned = false
    }

    deinit { if isOwned { close(descriptor) } }

    /// The next bytes, at least one and at most so many; none at the end.
    package func read(atMost count: Int) throws(FileFailure) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var got = Glibc.read(descriptor, buffer.baseAddress, count)
            while got < 0, errno == EINTR { got = Glibc.read(descriptor, buffer.baseAddress, count) }
            if got < 0 { code = errno }
            filled = max(got, 0)
        }
        guard code == 0 else { throw .system(path: path, operation: "read", code: code) }
        return bytes
    }

    /// Goes back to the beginning.
    package func rewind() throws(FileFailure) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw .system(path: path, operation: "lseek", code: errno)
        }
    }
}
