import Synchronization

/// Knows how long ago the store's feed was read, and so how stale what is in memory may be.
///
/// A node that does not hear from the store goes on with the keys, policies and grants that it has, since
/// applications cannot do without. It does not do so for ever: what it has may have been disabled or revoked
/// meanwhile by a node that it does not hear.
package final class StoreContact: Sendable {
    /// A turn that an operator wants to know of; each is told once.
    package enum Turn: Hashable, Sendable {
        /// The store does not answer; what is in memory is used.
        case lost
        /// It has not answered for as long as that is allowed: requests are refused.
        case givenUp
        /// It answers again, after so long, and what it said was taken in.
        case regained(after: Duration)
    }

    /// A feed that was not read for so long counts as lost, although no reading has failed yet.
    private static let silenceMax = Duration.seconds(10)

    private struct State {
        var lastRead: ContinuousClock.Instant
        var isDown = false
    }

    /// How long requests are served without the store.
    package let outageMax: Duration
    private let isGivenUp = Atomic<Bool>(false)
    private let state: Mutex<State>

    /// Begins with the store in reach.
    package init(outageMax: Duration, at now: ContinuousClock.Instant = .now) {
        self.outageMax = outageMax
        state = Mutex(State(lastRead: now))
    }

    /// Whether the store has been out of reach for too long to answer any request; costs one atomic load.
    package var isLost: Bool { isGivenUp.load(ordering: .relaxed) }

    /// Whether the store did not answer when it was last asked.
    package var isDown: Bool { state.withLock { $0.isDown } }

    /// Notes that the feed was read to its end, and what it names forgotten.
    package func noteReading(at now: ContinuousClock.Instant) -> Turn? {
        state.withLock { state in
            let gap = state.lastRead.duration(to: now)
            state.lastRead = now
            guard state.isDown else { return nil }
            state.isDown = false
            isGivenUp.store(false, ordering: .relaxed)
            return .regained(after: gap)
        }
    }

    /// Notes that the feed could not be read.
    package func noteFailure(at now: ContinuousClock.Instant) -> Turn? {
        state.withLock { state in
            guard !state.isDown else { return nil }
            state.isDown = true
            return .lost
        }
    }

    /// Looks at the time; to be called several times a second, by a task that does not wait for the store.
    package func review(at now: ContinuousClock.Instant) -> Turn? {
        state.withLock { state in
            let gap = state.lastRead.duration(to: now)
            if gap > outageMax, !isGivenUp.load(ordering: .relaxed) {
                isGivenUp.store(true, ordering: .relaxed)
                state.isDown = true
                return .givenUp
            }
            guard gap > min(Self.silenceMax, outageMax / 2), !state.isDown else { return nil }
            state.isDown = true
            return .lost
        }
    }
}
