import Cryptography
import Dispatch
import Foundation
import Glibc
import Synchronization

/// Who waits for what works make, and is told once for several of them.
package protocol WorkReceiver: AnyObject, Sendable {
    /// Tells that works have ended since the last time; on one of the threads that did them.
    func worksEnded()
}

/// Work in the order it came, done by a bounded number of threads of a priority of their own.
///
/// Threads start when there is work for them and then stay: the queue is meant to live as long as the process.
final class WorkQueue: Sendable {
    typealias Work = @Sendable () -> (any WorkReceiver)?

    private struct Entry {
        let work: Work
        /// Whether others may be told of their works only after this one.
        let isShort: Bool
    }

    private struct State {
        var waiting = Line<Entry>()
        var threads = 0
        var idle = 0
    }

    /// DISPATCH_TIME_NOW: with any other moment of the past the thread sleeps, and one that others go before may do so for
    /// long while somebody waits to be told.
    private static let atOnce = DispatchTime(uptimeNanoseconds: 0)

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    private let name: String
    private let threadsMax: Int
    private let priority: Priority

    /// What the threads' claim on the processors is.
    enum Priority {
        /// That of the thread that starts them.
        case ordinary
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

    /// Takes work to be done, which says whom to tell of it; `isShort` where it takes some milliseconds at most.
    func append(isShort: Bool, _ work: @escaping Work) {
        let needsThread = state.withLock { state in
            state.waiting.append(Entry(work: work, isShort: isShort))
            guard state.idle < state.waiting.count, state.threads < threadsMax else { return false }
            state.threads += 1
            return true
        }
        if needsThread { start() }
        arrivals.signal()
    }

    /// Starts the first thread before there is work: one that is started by a thread of idle priority would have it, too
    /// (sched(7), "Child processes and threads").
    func startAhead() {
        let isFirst = state.withLock { state in
            defer { state.threads = max(1, state.threads) }
            return state.threads == 0
        }
        if isFirst { start() }
    }

    private func start() {
        let thread = Thread { [self] in
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
        case .ordinary: break
        case .nice(let niceness):
            // On Linux it belongs to a thread (setpriority(2), "C library/kernel differences").
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
        case .idle: _ = IdlePolicy.enter()
        }
    }

    private func workOn() -> Never {
        var receivers = Receivers()
        while true {
            guard !receivers.isOverdue, let work = receivers.isEmpty ? next() : nextShort() else {
                receivers.tell()
                continue
            }
            if let receiver = work() { receivers.add(receiver) }
        }
    }

    /// The next work, when there is one.
    private func next() -> Work? {
        state.withLock { $0.idle += 1 }
        arrivals.wait()
        return state.withLock { state in
            state.idle -= 1
            // There is one signal for each entry, so there is one to take.
            return state.waiting.popFirst()?.work
        }
    }

    /// The next work, if it is there already and short.
    private func nextShort() -> Work? {
        guard arrivals.wait(timeout: Self.atOnce) == .success else { return nil }
        let work = state.withLock { state in
            state.waiting.first?.isShort == true ? state.waiting.popFirst()?.work : nil
        }
        if work == nil { arrivals.signal() }
        return work
    }
}

/// Who is still to be told of a thread's last works.
///
/// A thread that has more short work to do tells of several at once: whoever waits for them is woken less often, and
/// nobody waits noticeably longer.
private struct Receivers {
    private var waiting: [any WorkReceiver] = []
    private var since = MonotonicTime.now

    private static let delayNanosecondsMax: UInt64 = 1_000_000

    var isEmpty: Bool { waiting.isEmpty }
    var isOverdue: Bool { !isEmpty && MonotonicTime.now.since(since) >= Self.delayNanosecondsMax }

    mutating func add(_ receiver: any WorkReceiver) {
        if isEmpty { since = .now }
        if !waiting.contains(where: { $0 === receiver }) { waiting.append(receiver) }
    }

    mutating func tell() {
        for receiver in waiting { receiver.worksEnded() }
        waiting.removeAll(keepingCapacity: true)
    }
}
