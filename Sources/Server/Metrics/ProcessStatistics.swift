import Glibc

/// What the operating system says of this process; nil for what it does not say.
struct ProcessStatistics {
    let cpuSeconds: Double?
    let residentBytes: UInt64?
    let openFiles: Int?
    let openFilesMax: UInt64?

    static func current() -> ProcessStatistics {
        ProcessStatistics(
            cpuSeconds: cpuSeconds(),
            residentBytes: residentBytes(),
            openFiles: openFiles(),
            openFilesMax: openFilesMax()
        )
    }

    private static func cpuSeconds() -> Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The second number of `/proc/self/statm`, in pages (proc(5)).
    private static func residentBytes() -> UInt64? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let text = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer -> String in
            let count = read(file, buffer.baseAddress, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
        let numbers = text.split(separator: " ")
        guard numbers.count > 1, let pages = UInt64(numbers[1]) else { return nil }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openFiles() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the directory's own descriptor.
        return max(0, count - 3)
    }

    private static func openFilesMax() -> UInt64? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return UInt64(limit.rlim_cur)
    }
}
