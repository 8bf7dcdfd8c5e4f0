import Glibc
import Synchronization

/// Tells how much of the processors some threads have had; of one that has ended, nothing.
package final class ThreadClocks: Sendable {
    private let clocks = Mutex<[clockid_t]>([])

    package init() {}

    /// Counts the calling thread, too, if its clock can be read.
    package func addCallingThread() {
        var clock = clockid_t()
        guard pthread_getcpuclockid(pthread_self(), &clock) == 0 else { return }
        clocks.withLock { $0.append(clock) }
    }

    /// What they have had together since they began.
    package var nanoseconds: UInt64 {
        clocks.withLock { clocks in
            clocks.reduce(0) { sum, clock in
                var time = timespec()
                guard clock_gettime(clock, &time) == 0 else { return sum }
                return sum &+ UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
            }
        }
    }
}
