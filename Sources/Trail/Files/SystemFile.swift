import CFiles
import Glibc

/// A segment file of the operating system.
final class SystemFile: TrailFile {
    let path: String
    private let descriptor: Int32

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemFailure) -> Int {
        let written = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        guard written >= 0 else { throw SystemFailure(.write, path, code: errno) }
        return written
    }

    func truncate(to length: Int) throws(SystemFailure) {
        guard ftruncate(descriptor, off_t(length)) == 0 else {
            throw SystemFailure(.truncate, path, code: errno)
        }
    }

    func synchronize() throws(SystemFailure) {
        guard fdatasync(descriptor) == 0 else { throw SystemFailure(.synchronize, path, code: errno) }
    }

    func reserve(_ count: Int, at offset: Int) throws(SystemFailure) {
        let code = strongroom_reserve(descriptor, off_t(offset), off_t(count))
        // A file system that cannot reserve says so; the next write will tell whether there is room.
        if code != 0, ![EOPNOTSUPP, ENOSYS, EINVAL, EBADF].contains(code) {
            throw SystemFailure(.reserve, path, code: code)
        }
    }

    func startWriteback(of count: Int, at offset: Int) {
        // On Linux this starts to write dirty pages and does not wait. What could not be started is waited
        // for when the segment is sealed, so the result is of no use.
        _ = posix_fadvise(descriptor, off_t(offset), off_t(count), POSIX_FADV_DONTNEED)
    }
}

/// The operating system's files.
struct SystemFileSystem: TrailFileSystem {
    func create(at path: String) throws(SystemFailure) -> any TrailFile {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = Glibc.open(path, flags, 0o600)
        guard descriptor >= 0 else { throw SystemFailure(.create, path, code: errno) }
        return SystemFile(descriptor: descriptor, path: path)
    }

    func open(at path: String) throws(SystemFailure) -> any TrailFile {
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw SystemFailure(.open, path, code: errno) }
        return SystemFile(descriptor: descriptor, path: path)
    }

    func remove(at path: String) throws(SystemFailure) {
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemFailure(.remove, path, code: errno) }
    }

    func rename(_ path: String, to name: String) throws(SystemFailure) {
        guard Glibc.rename(path, name) == 0 else { throw SystemFailure(.rename, name, code: errno) }
    }

    func synchronizeDirectory(at path: String) throws(SystemFailure) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure(.open, path, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemFailure(.synchronize, path, code: errno) }
    }
}
