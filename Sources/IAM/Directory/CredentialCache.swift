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
    }

    private let state = Mutex(State())
    private let generationMax: Int

    init(countMax: Int) {
        generationMax = max(1, countMax / 2)
    }

    subscript(id: String) -> Credential? {
        state.withLock { state in
            if let credential = state.young[id] { return credential }
            guard let credential = state.old.removeValue(forKey: id) else { return nil }
            insert(credential, into: &state)
            return credential
        }
    }

    func beginLoading() -> Ticket {
        state.withLock { Ticket(epoch: $0.epoch) }
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

    private func insert(_ credential: Credential, into state: inout State) {
        let id = credential.id.description
        if state.young.count >= generationMax, state.young[id] == nil {
            state.old = state.young
            state.young = [:]
        }
        state.old[id] = nil
        state.young[id] = credential
    }
}
