import CProcess
import Foundation
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

    /// Keeps all memory, present and future, from being swapped out.
    ///
    /// Pages are locked when they are first used, so that what was only reserved takes no memory.
    ///
    /// - Throws: When the limits of the process forbid it: it would end in the middle of its work.
    package static func lockMemory() throws(ProcessHardeningError) {
        var limit = rlimit()
        let resource = __rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue)
        guard getrlimit(resource, &limit) == 0 else {
            throw ProcessHardeningError(
                "--mlock: the limit of locked memory cannot be read: \(message(errno))"
            )
        }
        limit.rlim_cur = limit.rlim_max
        if setrlimit(resource, &limit) != 0 || limit.rlim_cur != rlim_t.max, !mayLockAnything {
            throw ProcessHardeningError(
                "--mlock: this process may lock only \(limit.rlim_max / 1024) KiB of memory. Set LimitMEMLOCK="
                    + "infinity in its systemd unit, or 'ulimit -l unlimited', or give it CAP_IPC_LOCK."
            )
        }
        let everything = MCL_CURRENT | MCL_FUTURE
        if mlockall(everything | MCL_ONFAULT) == 0 { return }
        // Kernels before 4.4 do not know the last of the three.
        guard errno == EINVAL, mlockall(everything) == 0 else {
            throw ProcessHardeningError("--mlock: the memory cannot be locked: \(message(errno))")
        }
    }

    /// Whether the process has CAP_IPC_LOCK, for which there is no limit.
    private static var mayLockAnything: Bool {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let capabilities = line.split(separator: "\t").last.flatMap({ UInt64($0, radix: 16) })
        else { return false }
        return capabilities >> 14 & 1 == 1
    }

    private static func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// Why a way out of the memory could not be closed, as a sentence for the operator.
package struct ProcessHardeningError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
