import Storage
import Synchronization

/// The secrets and sealed values in memory, bounded in number and in bytes.
///
/// A loader takes a ticket before it reads the store and may install what it read only if nothing of the same stripe
/// of records was dropped meanwhile, so a change that commits during a load can never be hidden by it. Values are kept
/// as the store has them: encrypted under data keys that only KMS opens.
final class SecretCache: Sendable {
    /// What a loader holds while it reads the store.
    struct Ticket {
        fileprivate let stripe: Int
        fileprivate let epoch: UInt64
    }

    private struct State {
        var epochs = [UInt64](repeating: 0, count: SecretCache.stripes)
        var secrets: WeighedCache<SecretLocator, SecretSnapshot>
        var values: WeighedCache<String, SealedValue>
        var secretUse = Use()
        var valueUse = Use()

        func isValid(_ ticket: Ticket) -> Bool { epochs[ticket.stripe] == ticket.epoch }

        mutating func drop(_ key: RecordKey) {
            epochs[SecretCache.stripe(of: key)] += 1
            switch key.kind {
            case .secret:
                if let locator = SecretLocator(path: key.key) { secrets.remove(locator) }
            case .secretValue: values.remove(key.key)
            default: break
            }
        }
    }

    private struct Use {
        var hits: UInt64 = 0
        var misses: UInt64 = 0
    }

    private static let stripes = 256

    private static func stripe(of key: RecordKey) -> Int {
        var hasher = Hasher()
        key.hash(into: &hasher)
        return hasher.finalize() & (stripes - 1)
    }

    private let state: Mutex<State>
    private let secretsMax: Int

    init(secretsMax: Int, valueBytesMax: Int) {
        self.secretsMax = secretsMax
        state = Mutex(
            State(
                secrets: WeighedCache(weightMax: secretsMax),
                values: WeighedCache(weightMax: valueBytesMax)
            )
        )
    }

    /// A ticket for a record that is about to be read, or written.
    func beginLoading(_ key: RecordKey) -> Ticket {
        let stripe = Self.stripe(of: key)
        return state.withLock { Ticket(stripe: stripe, epoch: $0.epochs[stripe]) }
    }

    func secret(_ locator: SecretLocator) -> SecretSnapshot? {
        state.withLock { state in
            let found = state.secrets[locator]
            if found != nil { state.secretUse.hits += 1 }
            return found
        }
    }

    /// The sealed value whose record has a key.
    func value(_ key: RecordKey) -> SealedValue? {
        state.withLock { state in
            let found = state.values[key.key]
            if found != nil { state.valueUse.hits += 1 }
            return found
        }
    }

    /// Counts a secret that was looked for in the store and is not there.
    func noteAbsence() { state.withLock { $0.secretUse.misses += 1 } }

    var statistics: SecretCacheStatistics {
        state.withLock { state in
            SecretCacheStatistics(
                secrets: .init(
                    entries: state.secrets.count,
                    entriesMax: secretsMax,
                    hits: state.secretUse.hits,
                    misses: state.secretUse.misses,
                    evictions: state.secrets.evictions
                ),
                values: .init(
                    entries: state.values.count,
                    entriesMax: nil,
                    hits: state.valueUse.hits,
                    misses: state.valueUse.misses,
                    evictions: state.values.evictions
                )
            )
        }
    }

    func install(_ snapshot: SecretSnapshot, ticket: Ticket) {
        state.withLock { state in
            state.secretUse.misses += 1
            guard state.isValid(ticket) else { return }
            state.secrets.insert(snapshot, weighing: 1, for: snapshot.secret.locator)
        }
    }

    func install(_ value: SealedValue, of key: RecordKey, ticket: Ticket) {
        state.withLock { state in
            state.valueUse.misses += 1
            guard state.isValid(ticket) else { return }
            state.values.insert(value, weighing: value.byteCount + 256, for: key.key)
        }
    }

    /// Drops what a commit made stale and keeps the secret that it wrote, unless another change came since the ticket
    /// was taken.
    func replace(_ keys: some Sequence<RecordKey>, by snapshot: SecretSnapshot?, ticket: Ticket) {
        state.withLock { state in
            let isValid = state.isValid(ticket)
            for key in keys { state.drop(key) }
            guard let snapshot, isValid else { return }
            state.secrets.insert(snapshot, weighing: 1, for: snapshot.secret.locator)
        }
    }

    func drop(_ keys: some Sequence<RecordKey>) {
        state.withLock { state in
            for key in keys { state.drop(key) }
        }
    }

    /// Forgets everything, when it is not known what changed.
    func dropAll() {
        state.withLock { state in
            for stripe in state.epochs.indices { state.epochs[stripe] += 1 }
            state.secrets.removeAll()
            state.values.removeAll()
        }
    }
}

/// How the secrets and values in memory are used, for metrics.
package struct SecretCacheStatistics: Hashable, Sendable {
    package let secrets: Numbers
    package let values: Numbers

    package struct Numbers: Hashable, Sendable {
        package let entries: Int
        /// Nil where bytes are bounded, and not entries.
        package let entriesMax: Int?
        /// Look-ups that found an entry.
        package let hits: UInt64
        /// Entries that were read from the store, secrets that were not there included.
        package let misses: UInt64
        /// Entries that left for want of room.
        package let evictions: UInt64
    }
}

/// A dictionary of bounded weight that forgets what was not used for longest.
///
/// Two generations instead of a linked list: a full young generation becomes the old one, and a hit in the old one
/// moves the entry up.
struct WeighedCache<Key: Hashable, Value> {
    private let generationMax: Int
    private var young: [Key: (value: Value, weight: Int)] = [:]
    private var old: [Key: (value: Value, weight: Int)] = [:]
    private var youngWeight = 0
    /// Entries that left for want of room.
    private(set) var evictions: UInt64 = 0

    init(weightMax: Int) {
        generationMax = max(1, weightMax / 2)
    }

    subscript(key: Key) -> Value? {
        mutating get {
            if let entry = young[key] { return entry.value }
            guard let entry = old.removeValue(forKey: key) else { return nil }
            insert(entry.value, weighing: entry.weight, for: key)
            return entry.value
        }
    }

    mutating func insert(_ value: Value, weighing weight: Int, for key: Key) {
        remove(key)
        if youngWeight + weight > generationMax {
            evictions += UInt64(old.count)
            old = young
            young = [:]
            youngWeight = 0
        }
        young[key] = (value, weight)
        youngWeight += weight
    }

    mutating func remove(_ key: Key) {
        if let entry = young.removeValue(forKey: key) { youngWeight -= entry.weight }
        old[key] = nil
    }

    mutating func removeAll() {
        young = [:]
        old = [:]
        youngWeight = 0
    }

    var count: Int { young.count + old.count }
}
