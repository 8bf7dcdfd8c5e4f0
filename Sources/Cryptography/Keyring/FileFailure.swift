import Glibc

/// What went wrong with a file that the server needs; always names the file, never its contents.
package enum FileFailure: Error, Equatable {
    case missing(path: String)
    case exists(path: String)
    /// Others than the owner may read or change it; the mode is its permission bits.
    case openToOthers(path: String, mode: UInt32)
    case malformed(path: String, reason: String)
    /// A system call failed; the code is its `errno`.
    case system(path: String, operation: String, code: Int32)
}

extension FileFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let path): "\(path) does not exist"
        case .exists(let path): "\(path) exists already"
        case .openToOthers(let path, let mode):
            "\(path) is open to others than its owner (mode \(String(mode, radix: 8))); "
                + "run: chmod 600 \(path)"
        case .malformed(let path, let reason): "\(path) is damaged: \(reason)"
        case .system(let path, let operation, let code):
            "\(path): \(operation) failed: \(String(cString: strerror(code)))"
        }
    }
}
