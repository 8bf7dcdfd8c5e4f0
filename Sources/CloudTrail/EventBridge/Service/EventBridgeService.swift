import AWSProtocol
package import Cryptography
package import Operations
package import Storage
import Synchronization
package import Trail

package import struct Foundation.Date

/// Amazon EventBridge over a store: rules on the default bus of each account and Region.
package final class EventBridgeService: OperationService {
    package static let eventSource = "events.amazonaws.com"

    let store: any RecordStore
    private let keyringSource: any KeyringSource
    /// Where events go that rules match.
    package let router: EventRouter
    private let state = Mutex(State())

    private struct State {
        var book: RuleBook?
        /// Grows with each change, so that what was read before one is not kept after it.
        var changes = 0
    }

    /// A service over a store that seals what it is given.
    package init(store: any RecordStore, keyring: any KeyringSource, topics: NotificationService) {
        self.store = store
        keyringSource = keyring
        router = EventRouter(topics: topics)
    }

    var keyring: RootKeyring { keyringSource.current }

    /// Forgets what a change elsewhere has made stale.
    package func invalidate(_ key: RecordKey) {
        if key.kind == .eventRule { invalidateAll() }
    }

    /// Forgets all rules; they are read again when an event comes.
    package func invalidateAll() {
        state.withLock { state in
            state.book = nil
            state.changes += 1
        }
    }

    /// The rules in force; read from the store when they are not known.
    func rules() async throws(EventBridgeError) -> RuleBook {
        let (known, changes) = state.withLock { ($0.book, $0.changes) }
        if let known { return known }
        let book = RuleBook(try await allRules())
        state.withLock { state in
            if state.changes == changes { state.book = book }
        }
        return book
    }

    /// Puts an event on the bus: every rule that means it sends it to its targets.
    ///
    /// When this returns all deliveries are in the store.
    func put(_ events: [BusEvent], at now: Date) async throws(EventBridgeError) {
        let book = try await rules()
        for event in events {
            try await router.send(event, to: book.matches(event), at: now)
        }
    }

    // MARK: The trail

    /// Grows with every change of rules that is noticed here.
    package var changeCount: Int { state.withLock { $0.changes } }

    /// Whether any rule is in force.
    package func hasRules() async throws(EventBridgeError) -> Bool { try await !rules().isEmpty }

    /// Gives events of the trail to the rules; when this returns all deliveries are in the store.
    package func take(_ batch: TrailBatch, at now: Date) async throws(EventBridgeError) {
        let book = try await rules()
        var wanted: [[UInt8]] = []
        batch.withEvents { _, json in
            if book.mayWant(json) { wanted.append(Array(json)) }
        }
        for record in wanted {
            for event in TrailEvents.events(of: record) {
                try await router.send(event, to: book.matches(event), at: now)
            }
        }
    }

    // MARK: Finding rules

    package func resident(_ reference: RuleLocator, for call: Call) throws(EventBridgeError) -> ResolvedRule?
    {
        nil
    }

    package func load(_ reference: RuleLocator, for call: Call) async throws(EventBridgeError) -> ResolvedRule
    {
        let found = try await read(reference)
        return ResolvedRule(locator: reference, rule: found?.rule)
    }

    /// A rule as the store has it now.
    func read(_ locator: RuleLocator) async throws(EventBridgeError) -> (rule: Rule, version: Int64)? {
        try await storing { () async throws(StorageError) in
            guard let record = try await store.read(locator.recordKey) else { return nil }
            return (try RecordCoding.decode(Rule.self, from: record), record.version)
        }
    }

    /// Up to `limit` rules of an account and Region whose names begin with a prefix, ascending.
    func rules(
        of place: RuleBook.Place,
        prefix: String = "",
        after: String?,
        limit: Int
    ) async throws(EventBridgeError) -> [Rule] {
        let base = "\(place.account)/\(place.region)/"
        return try await storing { () async throws(StorageError) in
            try await store.scan(
                .eventRule,
                prefix: base + prefix,
                after: after.map { base + $0 },
                limit: limit
            ).map { record throws(StorageError) in try RecordCoding.decode(Rule.self, from: record) }
        }
    }

    private func allRules() async throws(EventBridgeError) -> [Rule] {
        var rules: [Rule] = []
        var after: String?
        while true {
            let page = try await storing { [after] () async throws(StorageError) in
                try await store.scan(.eventRule, prefix: "", after: after, limit: Self.pageSize)
            }
            for record in page {
                rules.append(
                    try await storing { () async throws(StorageError) in
                        try RecordCoding.decode(Rule.self, from: record)
                    }
                )
            }
            guard page.count == Self.pageSize else { return rules }
            after = page.last?.key.key
        }
    }

    private static let pageSize = 500

    // MARK: Changing rules

    /// How often a change that met another is tried again.
    private static let attemptsMax = 8

    /// Changes a rule, makes it from nothing or, when `body` gives nil, deletes it.
    func change(
        _ locator: RuleLocator,
        _ body: (Rule?) throws(EventBridgeError) -> Rule?
    ) async throws(EventBridgeError) {
        for _ in 0..<Self.attemptsMax {
            let found = try await read(locator)
            let expected = found.map { Expectation.version($0.version) } ?? .absent
            let changed = try body(found?.rule)
            if changed == found?.rule { return }
            let isDone = try await storing { () async throws(StorageError) in
                let write: Write =
                    if let changed {
                        .put(locator.recordKey, try RecordCoding.encode(changed), expecting: expected)
                    } else {
                        .delete(locator.recordKey, expecting: expected)
                    }
                do throws(StorageError) {
                    _ = try await store.commit([write])
                    return true
                } catch .conflict {
                    return false
                }
            }
            invalidateAll()
            if isDone { return }
        }
        throw .concurrentModification(locator.name)
    }

    private func storing<Value>(
        _ body: () async throws(StorageError) -> Value
    ) async throws(EventBridgeError) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storage(error)
        }
    }
}

/// A rule that a request names, which need not exist.
package struct ResolvedRule: Sendable {
    package let locator: RuleLocator
    let rule: Rule?

    /// The rule; for operations that make none.
    func existing() throws(EventBridgeError) -> Rule {
        guard let rule else { throw .ruleNotFound(locator.name) }
        return rule
    }
}

extension EventBridgeService {
    /// All kinds of records of this service: what is sealed anew after a rotation of the root key.
    package static let recordKinds: [RecordKind] = [.eventRule]
}

extension RecordKind {
    /// `account/region/name`: a `Rule` of the default bus.
    static let eventRule = RecordKind("events.rule")
}

extension RuleLocator {
    var recordKey: RecordKey { RecordKey(.eventRule, "\(account)/\(region)/\(name)") }
}
