import Cryptography
import Foundation
import Storage
import StorageTesting
import Synchronization
import Testing

@Suite("SealedStore")
struct SealedStoreTests {
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))
    private let base = MemoryStore()
    private let kind = RecordKind("key")

    private var store: SealedStore { SealedStore(base, keyring: keyring) }

    @Test(arguments: RecordStoreSuite.promises)
    func `keeps the promise over memory`(_ promise: RecordStoreSuite.Promise) async throws {
        try await promise.check { store }
    }

    @Test(arguments: RecordStoreSuite.promises)
    func `keeps the promise over SQLite`(_ promise: RecordStoreSuite.Promise) async throws {
        let directory = try TemporaryDirectory()
        try await promise.check {
            SealedStore(try SQLiteStore(path: directory.path("store.db")), keyring: keyring)
        }
    }

    @Test func `keeps everything across opening anew`() async throws {
        let directory = try TemporaryDirectory()
        try await RecordStoreSuite.checkPersistence {
            SealedStore(try SQLiteStore(path: directory.path("store.db")), keyring: keyring)
        }
    }

    @Test func `lets no value reach the file`() async throws {
        let directory = try TemporaryDirectory()
        let store = SealedStore(
            try SQLiteStore(path: directory.path("store.db")),
            keyring: keyring
        )
        let value = Array("correct horse battery staple".utf8)
        _ = try await store.commit([.put(RecordKey(kind, "visible-name"), value, expecting: .any)])
        let live = try directory.names().map { Data(try directory.bytes($0)) }
        await store.close()
        let closed = Data(try directory.bytes("store.db"))
        #expect(live.contains { $0.firstRange(of: Data("visible-name".utf8)) != nil })
        #expect((live + [closed]).allSatisfy { $0.firstRange(of: Data(value)) == nil })
    }

    @Test func `tells its observer how each commit went`() async throws {
        let seen = Mutex<[(Duration, StorageError?)]>([])
        let observer = StoreObserver { duration, error in seen.withLock { $0.append((duration, error)) } }
        let store = SealedStore(base, observer: observer, keyring: keyring)
        let key = RecordKey(kind, "observed")
        _ = try await store.commit([.put(key, [1], expecting: .absent)])
        await #expect(throws: StorageError.conflict(key)) {
            try await store.commit([.put(key, [2], expecting: .absent)])
        }
        #expect(seen.withLock { $0.map(\.1) } == [nil, .conflict(key)])
        #expect(seen.withLock { $0.allSatisfy { $0.0 > .zero } })
    }

    @Test func `refuses a value that was moved to another record`() async throws {
        let original = RecordKey(kind, "a")
        _ = try await store.commit([.put(original, [1, 2, 3], expecting: .any)])
        let sealed = try #require(try await base.read(original)).value
        let targets = [
            RecordKey(kind, "b"), RecordKey(RecordKind("alias"), "a"), RecordKey(RecordKind("ke"), "ya"),
            RecordKey(kind, ""), RecordKey(RecordKind("keya"), ""),
        ]
        for target in targets {
            _ = try await base.commit([.put(target, sealed, expecting: .absent)])
            await expectCorruption(of: target)
        }
        #expect(try await store.read(original)?.value == [1, 2, 3])
    }

    @Test func `refuses every flipped bit and truncation`() async throws {
        let key = RecordKey(kind, "a")
        _ = try await store.commit([.put(key, [1, 2, 3], expecting: .any)])
        let sealed = try #require(try await base.read(key)).value
        for bit in 0..<(sealed.count * 8) {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            _ = try await base.commit([.put(key, changed, expecting: .any)])
            await expectCorruption(of: key)
        }
        for count in 0..<sealed.count {
            _ = try await base.commit([.put(key, Array(sealed.prefix(count)), expecting: .any)])
            await expectCorruption(of: key)
        }
    }

    @Test func `refuses values of another root key`() async throws {
        let key = RecordKey(kind, "a")
        _ = try await store.commit([.put(key, [1], expecting: .any)])
        let other = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))
        let stranger = SealedStore(base, keyring: other)
        await #expect(throws: StorageError.corrupted(.record(key))) { try await stranger.read(key) }
    }

    @Test func `seals under the new root key from the moment of its rotation, and reads both`() async throws {
        let current = CurrentKeyring(keyring)
        let store = SealedStore(base, keyring: current)
        let (old, new) = (RecordKey(kind, "old"), RecordKey(kind, "new"))
        _ = try await store.commit([.put(old, [1], expecting: .any)])
        current.next = keyring.rotated(now: Date(timeIntervalSince1970: 1))
        _ = try await current.refresh()
        _ = try await store.commit([.put(new, [2], expecting: .any)])
        #expect(try await store.read([old, new]).map { $0?.value } == [[1], [2]])
        let sealed = try await base.read([old, new])
        #expect(sealed.map { $0.flatMap { KeyWrap.rootVersion(of: $0.value) } } == [1, 2])
    }

    @Test func `reads what another node sealed under a root key that it made a moment ago`() async throws {
        let rotated = try #require(keyring.rotated(now: Date(timeIntervalSince1970: 1)))
        let keys = ["a", "b", "c"].map { RecordKey(kind, $0) }
        let elsewhere = SealedStore(base, keyring: rotated)
        _ = try await store.commit([.put(keys[0], [0], expecting: .any)])
        _ = try await elsewhere.commit(keys[1...].map { .put($0, [7], expecting: .any) })
        for read in [
            { (store: SealedStore) in try await store.read(keys).compactMap { $0?.value } },
            { try await $0.scan(kind, prefix: "", after: nil, limit: 10).map(\.value) },
            { [[0], try await $0.read(keys[1])?.value ?? [], try await $0.read(keys[2])?.value ?? []] },
        ] {
            let current = CurrentKeyring(keyring)
            current.next = rotated
            #expect(try await read(SealedStore(base, keyring: current)) == [[0], [7], [7]])
            #expect(current.refreshes == 1)
        }
        // Nobody made that root key: the record is damaged.
        let known = CurrentKeyring(keyring)
        await #expect(throws: StorageError.corrupted(.record(keys[1]))) {
            try await SealedStore(base, keyring: known).read(keys)
        }
        #expect(known.refreshes == 1)
    }

    @Test func `does not take an intact record for a damaged neighbour`() async throws {
        let keys = ["a", "b", "c"].map { RecordKey(kind, $0) }
        _ = try await store.commit(keys.map { .put($0, [7], expecting: .any) })
        _ = try await base.commit([.put(keys[1], [0], expecting: .any)])
        await #expect(throws: StorageError.corrupted(.record(keys[1]))) { try await store.read(keys) }
        await #expect(throws: StorageError.corrupted(.record(keys[1]))) {
            try await store.scan(kind, prefix: "", after: nil, limit: 10)
        }
        #expect(try await store.read(keys[0])?.value == [7])
    }

    private func expectCorruption(of key: RecordKey) async {
        await #expect(throws: StorageError.corrupted(.record(key))) { try await store.read(key) }
        await #expect(throws: StorageError.corrupted(.record(key))) { try await store.read([key]) }
    }
}

/// A keyring that another node changes.
private final class CurrentKeyring: KeyringSource {
    private let state: Mutex<(current: RootKeyring, next: RootKeyring?, refreshes: Int)>

    init(_ keyring: RootKeyring) { state = Mutex((keyring, nil, 0)) }

    var current: RootKeyring { state.withLock { $0.current } }
    var refreshes: Int { state.withLock { $0.refreshes } }

    /// What the next refresh takes in.
    var next: RootKeyring? {
        get { state.withLock { $0.next } }
        set { state.withLock { $0.next = newValue } }
    }

    func refresh() async throws(KeyringUnavailable) -> Bool {
        state.withLock { state in
            state.refreshes += 1
            guard let next = state.next else { return false }
            state.current = next
            state.next = nil
            return true
        }
    }
}
