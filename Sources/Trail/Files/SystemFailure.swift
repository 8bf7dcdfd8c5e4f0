import Glibc

/// A refused system call: which, on what, and why.
package struct SystemFailure: Error, Equatable {
    /// The calls the trail makes.
    package enum Call: String, Sendable {
        case create, open, write, read, truncate, synchronize, reserve, remove, rename, list, lock
    }

    package let call: Call
    package let path: String
    /// The value of `errno`.
    package let code: Int32

    static let interrupted = EINTR
    static let noSpace = ENOSPC

    package init(_ call: Call, _ path: String, code: Int32) {
        self.call = call
        self.path = path
        self.code = code
    }
}

extension SystemFailure: CustomStringConvertible {
    package var description: String {
        "cannot \(call.rawValue) \(path): \(String(cString: strerror(code)))"
    }
}
