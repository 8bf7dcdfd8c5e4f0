import Dispatch
import Foundation
import Synchronization

/// Who waits for what works make, and is told once for several of them.
package protocol WorkReceiver: AnyObject, Sendable {
    /// Tells that works have ended since the last time.
    func worksEnded()
}

/// A thread of ordinary priority that hands over what others have made.
///
/// Those that give way may not do so themselves: to wake an event loop takes a lock, and the loop that wakes takes the
/// processor from such a thread while it holds it. While they have much to do, several pieces are handed over at once:
/// whoever waits is woken less often and takes the processor from them less often, and nobody waits noticeably longer.
final class HandOver: Sendable {
    /// Hands over what was made, and says whom to tell of it.
    typealias Delivery = @Sendable () -> (any WorkReceiver)?

    private struct State {
        var deliveries: [Delivery] = []
        /// When the first of them came.
        var since = MonotonicTime.now
        var isUrgent = false
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)

    private static let delayNanosecondsMax: UInt64 = 1_000_000

    /// Starts the thread: one that is started by a thread that gives way would give way as well (sched(7), "Child
    /// processes and threads").
    init(name: String) {
        let thread = Thread { [self] in
            while true { deliver() }
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Takes what is to be handed over: at once, or if it `mayWait` for more, a millisecond later at most.
    func append(_ delivery: @escaping Delivery, mayWait: Bool) {
        let wakes = state.withLock { state in
            if state.deliveries.isEmpty { state.since = .now }
            state.deliveries.append(delivery)
            defer { state.isUrgent = state.isUrgent || !mayWait }
            return state.deliveries.count == 1 || !mayWait && !state.isUrgent
        }
        if wakes { arrivals.signal() }
    }

    /// Waits for deliveries, hands them over and tells once for all of them.
    private func deliver() {
        arrivals.wait()
        while let left = nanosecondsLeft, left > 0 {
            _ = arrivals.wait(timeout: .now() + .nanoseconds(Int(left)))
        }
        let deliveries = state.withLock { state in
            defer { state = State() }
            return state.deliveries
        }
        var receivers: [any WorkReceiver] = []
        for delivery in deliveries {
            guard let receiver = delivery(), !receivers.contains(where: { $0 === receiver }) else { continue }
            receivers.append(receiver)
        }
        for receiver in receivers { receiver.worksEnded() }
    }

    /// How long the deliveries that are there may still wait for more; nil when there are none.
    private var nanosecondsLeft: UInt64? {
        state.withLock { state in
            if state.deliveries.isEmpty { return nil }
            if state.isUrgent { return 0 }
            return (state.since + Self.delayNanosecondsMax).since(.now)
        }
    }
}
