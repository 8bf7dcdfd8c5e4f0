import Foundation

/// What the process takes of the machine, from /proc.
struct SystemStatistics: Sendable {
    let processors: Int
    let processorsUsed: Int
    let threads: Int
    let heapBytes: Int
    let stackBytes: Int

    static func read() -> SystemStatistics {
        let values = status()
        return SystemStatistics(
            processors: ProcessInfo.processInfo.processorCount,
            processorsUsed: ProcessInfo.processInfo.activeProcessorCount,
            threads: values["Threads"] ?? 0,
            heapBytes: (values["RssAnon"] ?? 0) * 1024,
            stackBytes: (values["VmStk"] ?? 0) * 1024
        )
    }

    /// The numbers of /proc/self/status; none where there is no such file.
    private static func status() -> [String: Int] {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return [:] }
        var values: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let word = parts[1].split(whereSeparator: \.isWhitespace).first else {
                continue
            }
            values[String(parts[0])] = Int(word)
        }
        return values
    }

    static var architecture: String {
        #if arch(x86_64)
        "amd64"
        #elseif arch(arm64)
        "arm64"
        #else
        "unknown"
        #endif
    }
}
