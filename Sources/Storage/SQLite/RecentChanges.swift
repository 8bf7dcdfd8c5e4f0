import Synchronization

/// The last changes that this process has made, so that those who follow the feed need not read them from the file.
///
/// It holds no change of another process, and nothing from before one.
final class RecentChanges: Sendable {
    /// Numbers without gaps, in a ring: the change `sequence` lies at `sequence % ring.count`.
    private struct State {
        var ring: [Change?]
        /// The numbers held; empty until the first change, and behind the last change known then.
        var held: Range<Int64> = 0..<0
    }

    private let state: Mutex<State>

    /// Keeps at most so many changes, at least one; as many as a quarter of a second brings at some 30,000 a second are
    /// worth keeping.
    init(countMax: Int) {
        precondition(countMax > 0, "at least one change is kept")
        state = Mutex(State(ring: Array(repeating: nil, count: countMax)))
    }

    /// Takes the changes of a transaction that is on the disk; they follow the change numbered `latest`.
    func append(_ changes: [Change], after latest: Int64) {
        guard let last = changes.last?.sequence else { return }
        state.withLock { state in
            let count = Int64(state.ring.count)
            // Somebody else has changed something in between.
            if state.held.upperBound != latest + 1 { state.held = latest + 1..<latest + 1 }
            for change in changes { state.ring[Int(change.sequence % count)] = change }
            state.held = max(state.held.lowerBound, last + 1 - count)..<last + 1
        }
    }

    /// At most `limit` changes that follow a number, oldest first; nil when only the file tells what follows it.
    func changes(after sequence: Int64, limit: Int) -> [Change]? {
        state.withLock { state in
            // Behind the last change held there may be one of another process.
            guard sequence < Int64.max, state.held.contains(sequence + 1) else { return nil }
            let end = min(state.held.upperBound, sequence + 1 + Int64(limit))
            return (sequence + 1..<end).compactMap { state.ring[Int($0 % Int64(state.ring.count))] }
        }
    }
}
