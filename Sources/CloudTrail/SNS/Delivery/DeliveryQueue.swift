package import Foundation
package import Storage
import Synchronization

/// The deliveries that have not arrived, in the store; any number of nodes work on them.
///
/// A worker takes a delivery by moving it a lease ahead in time, which only one can do. If it dies, the delivery is
/// due again when the lease is over.
package final class DeliveryQueue: Sendable {
    /// So many deliveries may wait; publishers are told to try again, and events wait in the trail.
    static let waitingMax = 100_000
    /// So many may wait for one subscription; what comes on top of them is given up.
    static let waitingPerSubscriptionMax = 20_000
    /// How long a worker has a delivery to itself; longer than any attempt takes.
    static let leaseSeconds = 60.0
    private static let pageSize = 500

    private let store: any RecordStore
    private let state = Mutex(State())

    private struct State {
        /// Whether something was put in that no worker has looked for.
        var hasNews = true
        /// When the next delivery is due that was seen and not taken.
        var nextDue: Date?
        var waiting = 0
        var waitingBySubscription: [String: Int] = [:]
    }

    init(store: any RecordStore) {
        self.store = store
    }

    // MARK: Putting in

    /// How many wait, as they were last counted, with those put in here since.
    package var waiting: Int { state.withLock { $0.waiting } }

    var isFull: Bool { waiting >= Self.waitingMax }

    func isFull(for subscription: String) -> Bool {
        state.withLock {
            $0.waitingBySubscription[subscription, default: 0] >= Self.waitingPerSubscriptionMax
        }
    }

    /// Commits deliveries with other writes.
    func put(_ deliveries: [Delivery], with others: [Write] = [], at now: Date) async throws(StorageError) {
        var writes = others
        for delivery in deliveries { writes += try delivery.queueing(at: now) }
        guard !writes.isEmpty else { return }
        _ = try await store.commit(writes)
        guard !deliveries.isEmpty else { return }
        state.withLock { state in
            state.hasNews = true
            state.waiting += deliveries.count
            for delivery in deliveries {
                state.waitingBySubscription[delivery.subscription.id, default: 0] += 1
            }
        }
    }

    /// Another node has put something in.
    func noteChange() { state.withLock { $0.hasNews = true } }

    // MARK: Taking out

    /// Whether a worker would find something; costs no reading.
    package func mayHaveDue(at now: Date) -> Bool {
        state.withLock { state in state.hasNews || state.nextDue.map { $0 <= now } ?? false }
    }

    /// What is due, oldest first; nobody has taken it yet.
    func due(at now: Date) async throws(StorageError) -> [(due: DueDelivery, version: Int64)] {
        state.withLock { state in
            state.hasNews = false
            state.nextDue = nil
        }
        let page = try await store.scan(.snsDue, prefix: "", after: nil, limit: Self.pageSize)
        var found: [(due: DueDelivery, version: Int64)] = []
        for record in page {
            guard let due = DueDelivery(record) else { throw .corrupted(.record(record.key)) }
            guard due.date <= now else {
                state.withLock { $0.nextDue = due.date }
                return found
            }
            found.append((due, record.version))
        }
        // The page was full of what is due: there may be more.
        if page.count == Self.pageSize { noteChange() }
        return found
    }

    /// Takes a delivery for the time of a lease; nil when another worker was first.
    func take(
        _ due: DueDelivery,
        version: Int64,
        at now: Date
    ) async throws(StorageError) -> (DueDelivery, Delivery)? {
        let leased = due.moved(to: now.addingTimeInterval(Self.leaseSeconds), attempts: due.attempts + 1)
        guard try await move(due, version: version, to: leased) else { return nil }
        guard let record = try await store.read(due.deliveryKey) else {
            try await remove(leased)
            return nil
        }
        return (leased, try RecordCoding.decode(Delivery.self, from: record))
    }

    /// Moves deliveries in time without counting an attempt; those that others have taken stay theirs.
    func postpone(
        _ deliveries: [(due: DueDelivery, version: Int64)],
        to date: Date
    ) async throws(StorageError) {
        for (due, version) in deliveries {
            _ = try await move(due, version: version, to: due.moved(to: date, attempts: due.attempts))
        }
    }

    /// Puts a delivery back that failed, to be tried again.
    func putBack(_ leased: DueDelivery, until date: Date) async throws(StorageError) {
        let later = leased.moved(to: date, attempts: leased.attempts)
        _ = try await store.commit([
            .delete(leased.recordKey, expecting: .any), .put(later.recordKey, later.value, expecting: .any),
        ])
        state.withLock { state in
            state.nextDue = min(state.nextDue ?? date, date)
        }
    }

    /// Forgets a delivery that has arrived or is given up.
    func remove(_ leased: DueDelivery) async throws(StorageError) {
        _ = try await store.commit([
            .delete(leased.recordKey, expecting: .any), .delete(leased.deliveryKey, expecting: .any),
        ])
        state.withLock { state in
            state.waiting = max(0, state.waiting - 1)
            if let count = state.waitingBySubscription[leased.subscriptionID] {
                state.waitingBySubscription[leased.subscriptionID] = count > 1 ? count - 1 : nil
            }
        }
    }

    private func move(
        _ due: DueDelivery,
        version: Int64,
        to later: DueDelivery
    ) async throws(StorageError) -> Bool {
        do throws(StorageError) {
            _ = try await store.commit([
                .delete(due.recordKey, expecting: .version(version)),
                .put(later.recordKey, later.value, expecting: .any),
            ])
        } catch .conflict {
            return false
        }
        state.withLock { $0.nextDue = min($0.nextDue ?? later.date, later.date) }
        return true
    }

    /// Counts what waits, in the whole deployment.
    package func count() async throws(StorageError) {
        var total = 0
        var bySubscription: [String: Int] = [:]
        var after: String?
        while total <= Self.waitingMax {
            let page = try await store.scan(.snsDue, prefix: "", after: after, limit: StorageLimits.pageMax)
            for record in page {
                let parts = record.key.key.split(separator: "/")
                if parts.count == 3 { bySubscription[String(parts[1]), default: 0] += 1 }
            }
            total += page.count
            guard page.count == StorageLimits.pageMax else { break }
            after = page.last?.key.key
        }
        state.withLock { state in
            state.waiting = total
            state.waitingBySubscription = bySubscription
        }
    }
}
