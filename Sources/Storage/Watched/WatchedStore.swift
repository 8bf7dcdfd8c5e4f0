import Synchronization

/// A store that knows whether it takes changes, so that a server can say that it is not ready.
///
/// Only commits show it: a full disk still reads. After one was refused, and until one succeeds,
/// ``isWritable()`` tries one of its own.
package final class WatchedStore: RecordStore {
    private enum State {
        case taking
        case refusing
        /// Somebody is finding out whether it takes changes again.
        case trying
    }

    /// Big enough that a disk which takes it has room for an ordinary change.
    private static let trialBytes = 16 << 10
    private static let trial = RecordKey(RecordKind("node.trial"), "write")

    private let base: any RecordStore
    private let state = Mutex(State.taking)

    package init(_ base: any RecordStore) {
        self.base = base
    }

    /// Whether changes are taken; writes and deletes a record to find out, when the last commit was refused.
    package func isWritable() async -> Bool {
        let mayTry = state.withLock { state in
            guard state == .refusing else { return false }
            state = .trying
            return true
        }
        guard mayTry else { return state.withLock { $0 == .taking } }
        do throws(StorageError) {
            let value = [UInt8](repeating: 0, count: Self.trialBytes)
            _ = try await base.commit([.put(Self.trial, value, expecting: .any)])
            _ = try await base.commit([.delete(Self.trial, expecting: .any)])
        } catch {
            // The reason was thrown to the caller whose commit was refused first.
            state.withLock { $0 = .refusing }
            return false
        }
        state.withLock { $0 = .taking }
        return true
    }

    package func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        do throws(StorageError) {
            let result = try await base.commit(batch)
            state.withLock { $0 = .taking }
            return result
        } catch {
            switch error {
            case .full, .unavailable, .corrupted: state.withLock { $0 = .refusing }
            case .conflict, .changesTrimmed, .tooLarge, .closed: break
            }
            throw error
        }
    }
}

// MARK: Reading

extension WatchedStore {
    package func read(_ key: RecordKey) async throws(StorageError) -> Record? {
        try await base.read(key)
    }

    package func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try await base.read(keys)
    }

    package func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try await base.scan(kind, prefix: prefix, after: after, limit: limit)
    }

    package func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change] {
        try await base.changes(after: sequence, limit: limit)
    }

    package func latestChange() async throws(StorageError) -> Int64 { try await base.latestChange() }

    package func close() async { await base.close() }
}
