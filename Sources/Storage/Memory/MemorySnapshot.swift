import Synchronization

/// The records of a memory store at one moment: a copy that shares its memory with the store.
final class MemorySnapshot: RecordSnapshot {
    private struct State {
        var rest: ArraySlice<Record>
        var isClosed = false
    }

    private let state: Mutex<State>

    /// Gives the records out in the order in which they are given here.
    init(_ records: [Record]) { state = Mutex(State(rest: records[...])) }

    func next(limit: Int) async throws(StorageError) -> [Record] {
        try StorageLimits.check(page: limit)
        return try state.withLock { state throws(StorageError) in
            guard !state.isClosed else { throw .closed }
            defer { state.rest = state.rest.dropFirst(limit) }
            return Array(state.rest.prefix(limit))
        }
    }

    func close() async {
        state.withLock { state in
            state.isClosed = true
            state.rest = []
        }
    }
}
