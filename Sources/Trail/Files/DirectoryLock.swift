import Glibc

/// The right to write a trail's directory, held until this object goes or the process ends.
///
/// It is an advisory `flock` on the file `lock`; the kernel lets go of it whatever ends the process.
package final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock at once or throws `TrailError.directoryInUse`.
    package init(directory: String) throws(TrailError) {
        let path = directory + "/lock"
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { throw .unavailable(SystemFailure(.lock, path, code: errno)) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(opened)
            throw code == EWOULDBLOCK
                ? .directoryInUse(directory) : .unavailable(SystemFailure(.lock, path, code: code))
        }
        descriptor = opened
    }

    deinit { close(descriptor) }
}
