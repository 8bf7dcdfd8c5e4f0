import Cryptography
import KES
import KESTesting
import KeyStores
import Storage
import Synchronization
import Testing

@Suite("SealedKeyStore")
struct SealedKeyStoreTests {
    private func store(
        _ records: any RecordStore = MemoryStore(),
        feed: @escaping SealedKeyStore.Feed = { _, _ in }
    ) -> SealedKeyStore {
        SealedKeyStore(records, summary: "Strongroom: here", feed: feed)
    }

    @Test(arguments: KeyStoreSuite.promises)
    func keeps(_ promise: KeyStoreSuite.Promise) async throws { try await promise.check(store()) }

    @Test func `lists all of more keys than a page has, and leaves out what is no key`() async throws {
        let records = MemoryStore()
        let names = (0..<2_500).map { "key-\($0)" }
        for batch in stride(from: 0, to: names.count, by: 500) {
            let writes = names[batch..<batch + 500].map { name in
                Write.put(RecordKey(SealedKeyStore.kind, name), [1], expecting: .absent)
            }
            _ = try await records.commit(writes)
        }
        let other = Write.put(RecordKey(SealedKeyStore.kind, "a.b"), [1], expecting: .absent)
        _ = try await records.commit([other])
        let moment = try #require(Moment(seconds: 0, nanoseconds: 0))
        let keys = KESKeyService(
            store: store(records),
            expiry: CacheExpiry(),
            time: ServiceTime(ContinuousClock()) { moment }
        )
        #expect(try await keys.allNames(prefix: "") == names.sorted())
    }

    @Test(arguments: [
        (StorageError.unavailable(reason: "gone"), KeyStoreError.unreachable(reason: "gone")),
        (.full, .unavailable(reason: "the store is full")),
        (.closed, .unavailable(reason: "the store is closed")),
    ])
    func `tells a store that is away from one that fails`(
        _ error: StorageError,
        _ expected: KeyStoreError
    ) async throws {
        let records = FailingStore()
        let (store, name) = (store(records), try KeyName("my-key"))
        records.failure.withLock { $0 = error }
        for failure in [
            await KeyStoreSuite.failure { () throws(KeyStoreError) in _ = try await store.value(name) },
            await KeyStoreSuite.failure { () throws(KeyStoreError) in try await store.delete(name) },
            await KeyStoreSuite.failure { () throws(KeyStoreError) in _ = try await store.latency() },
            await KeyStoreSuite.failure { () throws(KeyStoreError) in
                try await store.create(name, KeyStoreSuite.value("value"))
            },
        ] {
            #expect(failure == expected)
        }
    }

    @Test func `knows its own key again when a commit was done and its outcome lost`() async throws {
        let records = FailingStore()
        let (store, name) = (store(records), try KeyName("my-key"))
        records.losesOutcome.withLock { $0 = true }
        try await store.create(name, KeyStoreSuite.value("value"))
        #expect(try await store.value(name).isEqual(to: KeyStoreSuite.value("value")))
    }

    @Test func `tells of keys that others change, and of nothing else`() async throws {
        let store = store { onChange, _ in
            onChange(nil)
            onChange(RecordKey(SealedKeyStore.kind, "my-key"))
            onChange(RecordKey(RecordKind("kms.key"), "my-key"))
            onChange(RecordKey(SealedKeyStore.kind, "a.b"))
        }
        let heard = Mutex<[String]>([])
        await store.watch { name in
            heard.withLock { $0.append(name?.text ?? "any") }
        } onFailure: { _ in
        }
        #expect(heard.withLock { $0 } == ["any", "my-key"])
    }
}

/// A store in memory that fails when a test wants it to.
private final class FailingStore: RecordStore {
    let failure = Mutex<StorageError?>(nil)
    /// The next commit is done and throws all the same.
    let losesOutcome = Mutex(false)
    private let base = MemoryStore()

    private func check() throws(StorageError) {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    func read(_ key: RecordKey) async throws(StorageError) -> Record? {
        try check()
        return try await base.read(key)
    }

    func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try check()
        return try await base.read(keys)
    }

    func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try check()
        return try await base.scan(kind, prefix: prefix, after: after, limit: limit)
    }

    func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        try check()
        let result = try await base.commit(batch)
        let isLost = losesOutcome.withLock { isLost in
            defer { isLost = false }
            return isLost
        }
        if isLost { throw .unavailable(reason: "the connection broke") }
        return result
    }

    func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change] {
        try check()
        return try await base.changes(after: sequence, limit: limit)
    }

    func latestChange() async throws(StorageError) -> Int64 {
        try check()
        return try await base.latestChange()
    }

    func close() async { await base.close() }
}
