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
        /// Until when it may wait, or once it is begun, last.
        var due: MonotonicTime
    }

    private let state: Mutex<State>
    private let patienceNanoseconds: UInt64

    init(_ work: @escaping YieldingQueue.Work, patienceNanoseconds: UInt64) {
        self.patienceNanoseconds = patienceNanoseconds
        state = Mutex(State(phase: .waiting(work), due: .now + patienceNanoseconds))
    }

    /// Does the work, unless it was left to others before it was begun; gives what is to be done with it, once.
    func attempt() -> HandOver.Delivery? {
        let work: YieldingQueue.Work? = state.withLock { state in
            guard case .waiting(let work) = state.phase else { return nil }
            state = State(phase: .begun(work), due: .now + patienceNanoseconds)
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

    /// Looks whether it is overdue; where others have been done since it came, it only waits for its turn.
    func look(at now: MonotonicTime, lastDone: MonotonicTime) -> Finding {
        state.withLock { state in
            switch state.phase {
            case .waiting(let work):
                state.due = max(state.due, lastDone + patienceNanoseconds)
                guard state.due <= now else { return .lookAgain }
                state.phase = .insistedOn(work)
            case .begun(let work):
                guard state.due <= now else { return .lookAgain }
                state.phase = .insistedOn(work)
            case .insistedOn, .done: return .nothing
            }
            return .insist
        }
    }

    /// Until when it may wait or last; nil when nobody need look at it any more.
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
