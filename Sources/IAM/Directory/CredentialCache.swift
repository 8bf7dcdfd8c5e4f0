import AWSProtocol
import Synchronization

/// The credentials in memory, bounded in number; those not used for longest leave first.
///
/// A loader takes a ticket before it reads the store and may install what it read only if nothing was dropped
/// meanwhile, so a key deactivated during a load can never come back by it.
final class CredentialCache: Sendable {
    /// What a loader holds while it reads the store.
    struct Ticket {
        fileprivate let epoch: UInt64
    }

    private struct State {
        var epoch: UInt64 = 0
        /// Two generations instead of a linked list: a full young one becomes the old one.
        var young: [String: Credential] = [:]
        var old: [String: Credential] = [:]
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

    subscript(id: String) -> Credential? {
        state.withLock { state in
            if let credential = state.young[id] {
                state.hits += 1
                return credential
            }
            guard let credential = state.old.removeValue(forKey: id) else { return nil }
            state.hits += 1
            insert(credential, into: &state)
            return credential
        }
    }

    func beginLoading() -> Ticket {
        state.withLock { state in
            state.misses += 1
            return Ticket(epoch: state.epoch)
        }
    }

    func install(_ credential: Credential, ticket: Ticket) {
        state.withLock { state in
            guard state.epoch == ticket.epoch else { return }
            insert(credential, into: &state)
        }
    }

    /// Drops all credentials that meet a condition, and stops loads that are under way from installing theirs.
    func drop(where isStale: (Credential) -> Bool) {
        state.withLock { state in
            state.epoch += 1
            state.young = state.young.filter { !isStale($0.value) }
            state.old = state.old.filter { !isStale($0.value) }
        }
    }

    func drop(_ id: String) {
        state.withLock { state in
            state.epoch += 1
            state.young[id] = nil
            state.old[id] = nil
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

    private func insert(_ credential: Credential, into state: inout State) {
        let id = credential.id.description
        if state.young.count >= generationMax, state.young[id] == nil {
            state.evictions += UInt64(state.old.count)
            state.old = state.young
            state.young = [:]
        }
        state.old[id] = nil
        state.young[id] = credential
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
