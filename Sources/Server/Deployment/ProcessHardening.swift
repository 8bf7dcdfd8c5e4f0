import CProcess
import Glibc

/// Closes ways in which the memory of a process that holds keys gets out.
package enum ProcessHardening {
    /// Turns off core dumps and reading of the memory by others, and lets the process open as many files as
    /// it may.
    ///
    /// - Returns: What could not be done, for the log.
    package static func apply() -> [String] {
        var failures: [String] = []
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        if setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) != 0 {
            failures.append("core dumps cannot be turned off: \(message(errno))")
        }
        let refusal = strongroom_refuse_dumps()
        if refusal != 0 { failures.append("the memory cannot be closed to debuggers: \(message(refusal))") }
        // A connection reset while an answer is written must be an error, not a signal.
        signal(SIGPIPE, SIG_IGN)
        var files = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        if getrlimit(resource, &files) == 0, files.rlim_cur < files.rlim_max {
            files.rlim_cur = files.rlim_max
            if setrlimit(resource, &files) != 0 {
                failures.append("the limit of open files cannot be raised: \(message(errno))")
            }
        }
        return failures
    }

    private static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}
