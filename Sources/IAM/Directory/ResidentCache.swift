import Storage
import Synchronization

/// What was made of records, and is made anew when one of them changes.
protocol Resident: Sendable {
    /// The records it was made of.
    var sources: Set<RecordKey> { get }
}

/// The credentials, or the roles, in memory, bounded in number; those not used for longest leave first.
///
/// A loader takes a ticket before it reads the store and may install what it read only if nothing was dropped
/// meanwhile, so a key deactivated during a load can never come back by it.
final class ResidentCache<Value: Resident>: Sendable {
    /// What a loader holds while it reads the store.
    struct Ticket {
        fileprivate let epoch: UInt64
    }

    private struct State {
        var epoch: UInt64 = 0
        /// Two generations instead of a linked list: a full young one becomes the old one.
        var young: [String: Value] = [:]
        var old: [String: Value] = [:]
        var hits: UInt64 = 0
        var misses: UInt64 = 0
        var evictions: UInt64 = 0
    }

    private let state = Mutex(State())
    private let generationMax: Int
    private let countMax: Int

    init(countMax: Int) {
        self.countMax = countMax
        generationMax = max(1, countMax / 2)
    }

    subscript(id: String) -> Value? {
        state.withLock { state in
            if let value = state.young[id] {
                state.hits += 1
                return value
            }
            guard let value = state.old.removeValue(forKey: id) else { return nil }
            state.hits += 1
            insert(value, at: id, into: &state)
            return value
        }
    }

    func beginLoading() -> Ticket {
        state.withLock { state in
            state.misses += 1
            return Ticket(epoch: state.epoch)
        }
    }

    func install(_ value: Value, at id: String, ticket: Ticket) {
        state.withLock { state in
            guard state.epoch == ticket.epoch else { return }
            insert(value, at: id, into: &state)
        }
    }

    /// Drops all that was made of a record.
    func drop(madeOf record: RecordKey) {
        drop { $0.sources.contains(record) }
    }

    /// Drops all that meets a condition, and stops loads that are under way from installing theirs.
    func drop(where isStale: (Value) -> Bool) {
        state.withLock { state in
            state.epoch += 1
            state.young = state.young.filter { !isStale($0.value) }
            state.old = state.old.filter { !isStale($0.value) }
        }
    }

    var count: Int { state.withLock { $0.young.count + $0.old.count } }

    var statistics: CredentialCacheStatistics {
        state.withLock { state in
            CredentialCacheStatistics(
                entries: state.young.count + state.old.count,
                entriesMax: countMax,
                hits: state.hits,
                misses: state.misses,
                evictions: state.evictions
            )
        }
    }

    private func insert(_ value: Value, at id: String, into state: inout State) {
        if state.young.count >= generationMax, state.young[id] == nil {
            state.evictions += UInt64(state.old.count)
            state.old = state.young
            state.young = [:]
        }
        state.old[id] = nil
        state.young[id] = value
    }
}

/// How the credentials in memory are used, for metrics.
package struct CredentialCacheStatistics: Hashable, Sendable {
    package let entries: Int
    package let entriesMax: Int
    /// Look-ups that found a credential.
    package let hits: UInt64
    /// Credentials that were looked for in the store, those of unknown access keys included.
    package let misses: UInt64
    /// Credentials that left for want of room.
    package let evictions: UInt64
}
