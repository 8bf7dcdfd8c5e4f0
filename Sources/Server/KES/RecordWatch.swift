import Storage
import Synchronization

/// Hands the feed of changes on to those who come and go, such as the key stores of the KES door's configurations.
final class RecordWatch: Sendable {
    typealias Listener = @Sendable (RecordKey?) -> Void

    private struct State {
        var listeners: [Int: Listener] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// A record was written or deleted; nil when it may have been any.
    func tell(_ key: RecordKey?) {
        for listener in state.withLock({ $0.listeners.values.map { $0 } }) { listener(key) }
    }

    /// Tells `listener` until the task is cancelled, and first that anything may have changed.
    func follow(_ listener: @escaping Listener) async {
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = listener
            return state.next
        }
        listener(nil)
        while !Task.isCancelled {
            // It throws only when it is cancelled, and then the loop ends.
            _ = try? await Task.sleep(for: .seconds(3600))
        }
        state.withLock { $0.listeners[number] = nil }
    }
}
