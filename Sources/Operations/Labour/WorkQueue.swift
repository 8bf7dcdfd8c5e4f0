import Cryptography
import Dispatch
import Foundation
import Glibc
import Synchronization

/// Work in the order it came, done by a bounded number of threads of a priority of their own.
///
/// Threads start when there is work for them and then stay: the queue is meant to live as long as the process.
final class WorkQueue: Sendable {
    typealias Work = @Sendable () -> Void

    private struct State {
        var waiting = Line<Work>()
        var threads = 0
        var idle = 0
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    private let name: String
    private let threadsMax: Int
    private let priority: Priority
    private let clocks = ThreadClocks()

    /// What the threads' claim on the processors is.
    enum Priority {
        /// That of nice(1), to 19.
        case nice(Int32)
        /// None, wherever another thread has one (``IdlePolicy``).
        case idle
    }

    /// Makes a queue without threads.
    init(name: String, threadsMax: Int, priority: Priority) {
        self.name = name
        self.threadsMax = threadsMax
        self.priority = priority
    }

    /// Whether more work waits than all threads together begin next.
    var isLong: Bool { state.withLock { $0.waiting.count > threadsMax } }

    /// How many nanoseconds of processors the threads have had.
    var processorNanoseconds: UInt64 { clocks.nanoseconds }

    /// Takes work to be done.
    func append(_ work: @escaping Work) {
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
            clocks.addCallingThread()
            takePriority()
            workOn()
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Gives the calling thread its priority; where it may not be changed the work is done all the same.
    private func takePriority() {
        switch priority {
        case .nice(let niceness):
            // On Linux it belongs to a thread (setpriority(2), "C library/kernel differences").
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        case .idle: _ = IdlePolicy.enter()
        }
    }

    private func workOn() -> Never {
        while true { next()?() }
    }

    /// The next work, when there is one.
    private func next() -> Work? {
        state.withLock { $0.idle += 1 }
        arrivals.wait()
        return state.withLock { state in
            state.idle -= 1
            // There is one signal for each piece, so there is one to take.
            return state.waiting.popFirst()
        }
    }
}
