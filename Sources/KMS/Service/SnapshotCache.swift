import Synchronization

/// The snapshots and alias targets in memory, bounded in number; the least recently used leave first.
///
/// A loader takes a ticket before it reads the store and may install what it read only if nothing was
/// dropped meanwhile, so a change that commits during a load can never be hidden by it.
final class SnapshotCache: Sendable {
    /// What a loader holds while it reads the store.
    struct Ticket {
        fileprivate let epoch: UInt64
    }

    private struct State {
        var epoch: UInt64 = 0
        var snapshots: RecentlyUsed<KeyLocator, KeySnapshot>
        var aliases: RecentlyUsed<AliasLocator, KeyLocator>
        /// Keys that ciphertexts name and that do not exist, so that asking again reads no store and takes
        /// as long as it does for a key that is there.
        var absent = RecentlyUsed<KeyLocator, Void>(capacity: 4096)
        var hits: UInt64 = 0
        var misses: UInt64 = 0
    }

    private let state: Mutex<State>
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        state = Mutex(
            State(snapshots: RecentlyUsed(capacity: capacity), aliases: RecentlyUsed(capacity: capacity))
        )
    }

    func snapshot(_ locator: KeyLocator) -> KeySnapshot? {
        state.withLock { state in
            let found = state.snapshots[locator]
            if found != nil { state.hits += 1 }
            return found
        }
    }

    var statistics: KeyCacheStatistics {
        state.withLock { state in
            KeyCacheStatistics(
                entries: state.snapshots.count,
                entriesMax: capacity,
                hits: state.hits,
                misses: state.misses,
                evictions: state.snapshots.evictions
            )
        }
    }

    func target(of alias: AliasLocator) -> KeyLocator? {
        state.withLock { $0.aliases[alias] }
    }

    func beginLoading() -> Ticket {
        state.withLock { Ticket(epoch: $0.epoch) }
    }

    func install(_ snapshot: KeySnapshot, ticket: Ticket) {
        state.withLock { state in
            state.misses += 1
            guard state.epoch == ticket.epoch else { return }
            state.snapshots.insert(snapshot, for: snapshot.key.locator)
        }
    }

    func install(_ target: KeyLocator, of alias: AliasLocator, ticket: Ticket) {
        state.withLock { state in
            guard state.epoch == ticket.epoch else { return }
            state.aliases.insert(target, for: alias)
        }
    }

    func isAbsent(_ locator: KeyLocator) -> Bool {
        state.withLock { $0.absent[locator] != nil }
    }

    func noteAbsence(of locator: KeyLocator, ticket: Ticket) {
        state.withLock { state in
            state.misses += 1
            guard state.epoch == ticket.epoch else { return }
            state.absent.insert((), for: locator)
        }
    }

    func drop(_ locators: some Sequence<KeyLocator>) {
        state.withLock { state in
            state.epoch += 1
            for locator in locators {
                state.snapshots.remove(locator)
                state.absent.remove(locator)
            }
        }
    }

    /// Forgets everything, when it is not known what changed.
    func dropAll() {
        state.withLock { state in
            state.epoch += 1
            state.snapshots.removeAll()
            state.aliases.removeAll()
            state.absent.removeAll()
        }
    }

    func drop(_ alias: AliasLocator) {
        state.withLock { state in
            state.epoch += 1
            state.aliases.remove(alias)
        }
    }
}

/// How the snapshots of keys in memory are used, for metrics.
package struct KeyCacheStatistics: Hashable, Sendable {
    package let entries: Int
    package let entriesMax: Int
    /// Look-ups that found a snapshot.
    package let hits: UInt64
    /// Keys that were read from the store, those that were not there included.
    ///
    /// A request may look several times before it reads once, so this is counted where it reads.
    package let misses: UInt64
    /// Snapshots that left for want of room.
    package let evictions: UInt64
}

/// A dictionary of bounded size that forgets what was not used for longest.
///
/// Two generations instead of a linked list: a full young generation becomes the old one, and a hit in the
/// old one moves the entry up. At most `capacity` entries are kept, and a lookup costs one or two hashes.
struct RecentlyUsed<Key: Hashable, Value> {
    private let generationCapacity: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    /// Entries that left for want of room.
    private(set) var evictions: UInt64 = 0

    init(capacity: Int) {
        generationCapacity = max(1, capacity / 2)
    }

    subscript(key: Key) -> Value? {
        mutating get {
            if let value = young[key] { return value }
            guard let value = old.removeValue(forKey: key) else { return nil }
            insert(value, for: key)
            return value
        }
    }

    mutating func insert(_ value: Value, for key: Key) {
        if young.count >= generationCapacity, young[key] == nil {
            evictions += UInt64(old.count)
            old = young
            young = [:]
        }
        old[key] = nil
        young[key] = value
    }

    mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }

    mutating func removeAll() {
        young = [:]
        old = [:]
    }

    var count: Int { young.count + old.count }
}
