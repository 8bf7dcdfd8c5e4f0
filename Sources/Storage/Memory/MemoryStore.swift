import Synchronization

/// A store that forgets everything with its process; for tests.
package final class MemoryStore: SnapshottingStore {
    private struct State {
        var tables = RecordTables()
        var isClosed = false
    }

    private let state: Mutex<State>

    /// Makes an empty store whose feed keeps so many changes.
    package init(changesKept: Int = 100_000) {
        self.state = Mutex(State(tables: RecordTables(changesKept: changesKept)))
    }

    package func read(_ key: RecordKey) async throws(StorageError) -> Record? {
        try StorageLimits.check(key)
        return try withTables { tables throws(StorageError) in tables.record(at: key) }
    }

    package func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try StorageLimits.check(keys: keys)
        return try withTables { tables throws(StorageError) in keys.map { tables.record(at: $0) } }
    }

    package func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try StorageLimits.check(page: limit)
        return try withTables { tables throws(StorageError) in
            tables.scan(kind, prefix: prefix, after: after, limit: limit)
        }
    }

    package func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        try StorageLimits.check(
            batch,
            valueBytesMax: StorageLimits.valueBytesMax + StorageLimits.sealBytesMax
        )
        return try withTables { tables throws(StorageError) in
            // Work on a copy, so that a conflict in the middle leaves nothing behind.
            var changed = tables
            let result = try changed.apply(batch)
            tables = changed
            return result
        }
    }

    package func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change] {
        try StorageLimits.check(page: limit)
        return try withTables { tables throws(StorageError) in
            try tables.changes(after: sequence, limit: limit)
        }
    }

    package func latestChange() async throws(StorageError) -> Int64 {
        try withTables { tables throws(StorageError) in tables.latestChange }
    }

    package func snapshot() async throws(StorageError) -> any RecordSnapshot {
        MemorySnapshot(try withTables { tables throws(StorageError) in tables.ordered })
    }

    package func close() async {
        state.withLock { $0.isClosed = true }
    }

    private func withTables<Outcome: Sendable>(
        _ body: (inout RecordTables) throws(StorageError) -> Outcome
    ) throws(StorageError) -> Outcome {
        try state.withLock { state throws(StorageError) in
            guard !state.isClosed else { throw .closed }
            return try body(&state.tables)
        }
    }
}
