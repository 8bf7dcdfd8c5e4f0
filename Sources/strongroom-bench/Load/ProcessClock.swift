import Glibc

/// The CPU time of processes, user and kernel, over all their threads and those that have ended.
///
/// clock_getcpuclockid(3) counts nanoseconds, where /proc/PID/stat counts hundredths of a second.
struct ProcessClock {
    private let clocks: [clockid_t]

    /// - Throws: `.process` for a process that is not there.
    init(processes: [Int32]) throws(LoadError) {
        var clocks: [clockid_t] = []
        for process in processes {
            var clock = clockid_t()
            guard clock_getcpuclockid(process, &clock) == 0 else { throw .process(process) }
            clocks.append(clock)
        }
        self.clocks = clocks
    }

    /// This process.
    static let own = ProcessClock(clocks: [CLOCK_PROCESS_CPUTIME_ID])

    private init(clocks: [clockid_t]) {
        self.clocks = clocks
    }

    /// Seconds, of all the processes; nil when there are none or one of them has ended.
    var seconds: Double? {
        guard !clocks.isEmpty else { return nil }
        var sum = 0.0
        for clock in clocks {
            var time = timespec()
            guard clock_gettime(clock, &time) == 0 else { return nil }
            sum += time.seconds
        }
        return sum
    }
}
