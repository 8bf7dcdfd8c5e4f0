import Synchronization

/// The snapshots of topics in memory, bounded by number.
final class TopicCache: Sendable {
    private static let topicsMax = 1_000

    private struct State {
        var snapshots: [TopicLocator: TopicSnapshot] = [:]
        /// Grows with each change, so that what was read before one is not kept after it.
        var changes = 0
    }

    private let state = Mutex(State())

    func snapshot(of topic: TopicLocator) -> TopicSnapshot? { state.withLock { $0.snapshots[topic] } }

    /// What ``install(_:ticket:)`` needs to know whether something changed meanwhile.
    func beginLoading() -> Int { state.withLock { $0.changes } }

    func install(_ snapshot: TopicSnapshot, ticket: Int) {
        state.withLock { state in
            guard state.changes == ticket else { return }
            // Topics are few; when they are not, starting over is as good as any other order.
            if state.snapshots.count >= Self.topicsMax { state.snapshots = [:] }
            state.snapshots[snapshot.topic.locator] = snapshot
        }
    }

    func drop(_ topic: TopicLocator) {
        state.withLock { state in
            state.changes += 1
            state.snapshots[topic] = nil
        }
    }

    func dropAll() {
        state.withLock { state in
            state.changes += 1
            state.snapshots = [:]
        }
    }
}
