import Glibc

/// A moment of a clock that only goes forward; for durations, and without meaning outside of the process.
package struct MonotonicTime: Hashable, Comparable, Sendable {
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
    }

    /// The nanoseconds from an earlier moment to this one; 0 from a later one.
    package func since(_ start: MonotonicTime) -> UInt64 {
        nanoseconds > start.nanoseconds ? nanoseconds - start.nanoseconds : 0
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
