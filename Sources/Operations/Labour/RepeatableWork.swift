import Synchronization

/// A piece of work that may be begun twice, and is done once.
final class RepeatableWork: Sendable {
    private enum Phase {
        case waiting(YieldingQueue.Work)
        case begun(YieldingQueue.Work)
        /// Left to threads that insist; whoever began it before may still be first.
        case insistedOn(YieldingQueue.Work)
        case done
    }

    private struct State {
        var phase: Phase
        /// Since when it waits, or once it is begun, lasts.
        var since: MonotonicTime
        /// When it is to be looked at.
        var due: MonotonicTime
    }

    private let state: Mutex<State>
    private let progress: YieldingProgress

    init(_ work: @escaping YieldingQueue.Work, progress: YieldingProgress, at now: MonotonicTime = .now) {
        self.progress = progress
        state = Mutex(State(phase: .waiting(work), since: now, due: now + progress.glanceNanoseconds))
    }

    /// Does the work, unless it was left to others before it was begun; gives what is to be done with it, once.
    func attempt() -> HandOver.Delivery? {
        let work: YieldingQueue.Work? = state.withLock { state in
            guard case .waiting(let work) = state.phase else { return nil }
            let now = MonotonicTime.now
            state = State(phase: .begun(work), since: now, due: now + progress.glanceNanoseconds)
            return work
        }
        return finish(work)
    }

    /// Does the work that was insisted on, unless it has been done meanwhile.
    func attemptAgain() -> HandOver.Delivery? {
        finish(
            state.withLock { state in
                if case .insistedOn(let work) = state.phase { work } else { nil }
            }
        )
    }

    /// What is to be done about a piece that may be overdue.
    enum Finding {
        case lookAgain
        /// It is overdue, and left to threads that insist from now on.
        case insist
        case nothing
    }

    /// Looks whether it is overdue: starved, or too late; where others have been done since it came, it only waits for its
    /// turn.
    func look(at now: MonotonicTime) -> Finding {
        state.withLock { state in
            let begins: MonotonicTime
            let work: YieldingQueue.Work
            switch state.phase {
            case .waiting(let waiting): (work, begins) = (waiting, max(state.since, progress.lastDone))
            case .begun(let begun): (work, begins) = (begun, state.since)
            case .insistedOn, .done: return .nothing
            }
            // It may have been begun a moment ago.
            guard state.due <= now else { return .lookAgain }
            guard
                now.since(begins) >= progress.patienceNanoseconds
                    || progress.isStarving(since: state.since, at: now)
            else {
                state.due = now + progress.glanceNanoseconds
                return .lookAgain
            }
            state.phase = .insistedOn(work)
            return .insist
        }
    }

    /// When it is to be looked at next; nil when nobody need look at it any more.
    var due: MonotonicTime? {
        state.withLock { state in
            switch state.phase {
            case .waiting, .begun: state.due
            case .insistedOn, .done: nil
            }
        }
    }

    /// Does the work; nil when somebody else was first.
    private func finish(_ work: YieldingQueue.Work?) -> HandOver.Delivery? {
        guard let delivery = work?() else { return nil }
        let isFirst = state.withLock { state in
            if case .done = state.phase { return false }
            // Lets go of the work, with the key and the message it holds.
            state.phase = .done
            return true
        }
        return isFirst ? delivery : nil
    }
}

extension MonotonicTime {
    static func + (moment: MonotonicTime, nanoseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: moment.nanoseconds &+ nanoseconds)
    }
}
