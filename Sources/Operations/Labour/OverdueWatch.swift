import Dispatch
import Foundation
import Synchronization

/// Looks after pieces of work that may become overdue, on a thread of its own.
final class OverdueWatch: Sendable {
    private struct Entry: Sendable {
        let piece: RepeatableWork
        let insist: @Sendable () -> Void
    }

    private struct State {
        var line = Line<Entry>()
        var hasThread = false
        /// Whether the thread sleeps until it is told of an entry.
        var isAsleep = false
    }

    private let state = Mutex(State())
    private let arrival = DispatchSemaphore(value: 0)
    private let name: String

    init(name: String) {
        self.name = name
    }

    /// Calls `insist` when the piece becomes overdue.
    func add(_ piece: RepeatableWork, insist: @escaping @Sendable () -> Void) {
        append(Entry(piece: piece, insist: insist))
    }

    private func append(_ entry: Entry) {
        let (needsThread, isAsleep) = state.withLock { state in
            defer { (state.hasThread, state.isAsleep) = (true, false) }
            state.line.append(entry)
            return (!state.hasThread, state.isAsleep)
        }
        if needsThread { start() }
        if isAsleep { arrival.signal() }
    }

    private func start() {
        let thread = Thread { [self] in
            while true { look() }
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Waits until the first piece that is not done is overdue, and looks at it.
    private func look() {
        let due: MonotonicTime? = state.withLock { state in
            while let first = state.line.first {
                if let due = first.piece.due { return due }
                _ = state.line.popFirst()
            }
            state.isAsleep = true
            return nil
        }
        guard let due else { return arrival.wait() }
        let left = due.since(.now)
        // What comes meanwhile is due later.
        guard left == 0 else { return Thread.sleep(forTimeInterval: Double(left) / 1e9) }
        guard let entry = state.withLock({ $0.line.popFirst() }) else { return }
        switch entry.piece.look(at: .now) {
        case .nothing: break
        case .insist: entry.insist()
        // Those before it in the line may be due a little later.
        case .lookAgain: append(entry)
        }
    }
}
