import Glibc

/// Repeats something in batches and keeps the CPU time of each.
enum Stopwatch {
    private static let batchSeconds = 0.01

    /// Runs `body` for about so many seconds of CPU time.
    static func speed(
        of primitive: String,
        by implementation: String,
        seconds: Double,
        _ body: () throws -> Void
    ) rethrows -> Speed {
        // The first ones also fill caches; they size the batches and are not kept.
        var perBatch = 1
        while try time(perBatch, body) < batchSeconds { perBatch *= 2 }
        var batches: [Double] = []
        var total = 0.0
        while total < seconds || batches.count < 3 {
            let elapsed = try time(perBatch, body)
            total += elapsed
            batches.append(elapsed / Double(perBatch) * 1e6)
        }
        batches.sort()
        return Speed(
            primitive: primitive,
            implementation: implementation,
            microseconds: batches[batches.count / 2],
            best: batches[0]
        )
    }

    private static func time(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
        let start = threadSeconds
        for _ in 0..<count { try body() }
        return threadSeconds - start
    }

    private static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.seconds
    }
}
