import Storage
import Synchronization

import struct Foundation.Date

/// What is due of all secrets' rotations: in the store, with a memory of when it is worth looking.
final class RotationQueue: Sendable {
    private struct State {
        /// When something is due that was heard of and not looked for.
        var nextDue: Date?
        var lookedAt: Date?
    }

    /// How long nobody looks when nothing was heard: what another node had and let fall is found then.
    private static let silenceSeconds = 5.0
    private static let pageSize = 200

    private let state = Mutex(State())

    /// Hears that a record changed, on this node or another.
    func note(_ key: RecordKey) {
        guard let due = DueRotation(key) else { return }
        state.withLock { $0.nextDue = min($0.nextDue ?? due.date, due.date) }
    }

    /// Forgets what it knows of the store, so that the next question leads there.
    func forget() { state.withLock { $0 = State() } }

    /// Whether looking may find something; costs no reading.
    func mayHaveDue(at now: Date) -> Bool {
        state.withLock { state in
            guard let lookedAt = state.lookedAt, abs(now.timeIntervalSince(lookedAt)) < Self.silenceSeconds
            else { return true }
            return state.nextDue.map { $0 <= now } ?? false
        }
    }

    /// What is due, oldest first, and no more than a page.
    func due(
        at now: Date,
        in store: any RecordStore
    ) async throws(SecretsManagerError) -> [(due: DueRotation, record: Record)] {
        state.withLock { $0 = State(lookedAt: now) }
        let page = try await storing { () async throws(StorageError) in
            try await store.scan(.rotationDue, prefix: "", after: nil, limit: Self.pageSize)
        }
        var found: [(due: DueRotation, record: Record)] = []
        for record in page {
            guard let due = DueRotation(record.key) else { throw .storage(.corrupted(.record(record.key))) }
            guard due.date <= now else {
                note(record.key)
                break
            }
            found.append((due, record))
        }
        return found
    }
}
