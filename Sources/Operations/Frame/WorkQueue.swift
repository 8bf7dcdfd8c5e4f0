import Dispatch
import Foundation
import Glibc
import Synchronization

/// Work in the order it came, done by a bounded number of threads of a priority of their own.
///
/// Threads start when there is work for them and then stay: the queue is meant to live as long as the process.
final class WorkQueue: Sendable {
    private struct State {
        var waiting: ArraySlice<@Sendable () -> Void> = []
        var threads = 0
        var idle = 0
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    private let name: String
    private let threadsMax: Int
    private let niceness: Int32

    /// Makes a queue without threads; `niceness` is that of nice(1), 0 for the process's own to 19.
    init(name: String, threadsMax: Int, niceness: Int32) {
        self.name = name
        self.threadsMax = threadsMax
        self.niceness = niceness
    }

    func append(_ work: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state in
            state.waiting.append(work)
            guard state.idle < state.waiting.count, state.threads < threadsMax else { return false }
            state.threads += 1
            return true
        }
        if needsThread { start() }
        arrivals.signal()
    }

    private func start() {
        let thread = Thread { [self] in
            // On Linux a priority belongs to a thread (setpriority(2), "C library/kernel differences"). Where
            // it may not be changed the work is done all the same.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            while true { next()() }
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    private func next() -> @Sendable () -> Void {
        state.withLock { $0.idle += 1 }
        arrivals.wait()
        return state.withLock { state in
            state.idle -= 1
            // There is one signal for each entry, so there is one to take.
            return state.waiting.popFirst() ?? {}
        }
    }
}
