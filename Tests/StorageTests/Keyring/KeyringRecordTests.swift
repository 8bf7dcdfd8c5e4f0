import Cryptography
import Foundation
import Storage
import Synchronization
import Testing

@Suite("KeyringRecord")
struct KeyringRecordTests {
    private let store = MemoryStore()
    private let directory: TemporaryDirectory
    private let seal: FileSeal
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))

    private var record: KeyringRecord { KeyringRecord(in: store) }
    private let clock = ManualClock()

    init() throws {
        directory = try TemporaryDirectory()
        seal = try FileSeal.create(keyFile: directory.path("seal.key"))
    }

    private func rotated() throws -> RootKeyring {
        try #require(keyring.rotated(now: Date(timeIntervalSince1970: 1)))
    }

    @Test func `is absent, then made once`() async throws {
        #expect(try await record.read() == nil)
        try await record.create(SealedKeyring(keyring, sealedBy: seal))
        let second = try await SealedKeyring(.generate(now: Date(timeIntervalSince1970: 0)), sealedBy: seal)
        await #expect(throws: KeyringError.superseded) { try await record.create(second) }
        let stored = try #require(try await record.read())
        #expect(keyring.isContained(in: try await stored.open(with: seal)))
    }

    @Test func `is replaced by one of two who read the same version`() async throws {
        try await record.create(SealedKeyring(keyring, sealedBy: seal))
        let stored = try #require(try await record.read())
        let sealed = try await SealedKeyring(rotated(), sealedBy: seal)
        try await record.replace(stored, with: sealed)
        await #expect(throws: KeyringError.superseded) { try await record.replace(stored, with: sealed) }
        #expect(try await record.read()?.open(with: seal).currentVersion == 2)
    }

    @Test func `names itself when it is damaged`() async throws {
        let bytes = try await SealedKeyring(keyring, sealedBy: seal).encoded()
        for damaged in [[], [0x7B], Array(bytes.dropLast(40)), bytes.map { $0 ^ 1 }] {
            _ = try await store.commit([.put(KeyringRecord.key, damaged, expecting: .any)])
            let error = await #expect(throws: KeyringError.self) { try await record.read() }
            #expect(error?.description.contains("seal.keyring/root") == true)
        }
    }
}

@Suite("SharedKeyring")
struct SharedKeyringTests {
    private let store = MemoryStore()
    private let directory: TemporaryDirectory
    private let seal: CountingSeal
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))

    private var record: KeyringRecord { KeyringRecord(in: store) }
    private let clock = ManualClock()

    init() throws {
        directory = try TemporaryDirectory()
        seal = CountingSeal(try FileSeal.create(keyFile: directory.path("seal.key")))
    }

    private func shared() async throws -> SharedKeyring {
        try await record.create(SealedKeyring(keyring, sealedBy: seal))
        let version = try #require(try await record.read()?.version)
        seal.unwrapped.withLock { $0 = 0 }
        return SharedKeyring(keyring, version: version, record: record, seal: seal) { [clock] in clock.now }
    }

    private func rotate(sealedBy seal: any Seal) async throws {
        let stored = try #require(try await record.read())
        let rotated = try #require(
            try await stored.open(with: self.seal).rotated(now: Date(timeIntervalSince1970: 1))
        )
        try await record.replace(stored, with: SealedKeyring(rotated, sealedBy: seal))
        self.seal.unwrapped.withLock { $0 = 0 }
    }

    @Test func `takes in a rotation when told of it, and asks the seal for nothing else`() async throws {
        let shared = try await shared()
        #expect(try await !shared.refreshIfStale())
        #expect(try await !shared.refresh())
        shared.noteChange()
        #expect(try await !shared.refreshIfStale())
        try await rotate(sealedBy: seal)
        #expect(try await !shared.refreshIfStale())
        shared.noteChange()
        #expect(try await shared.refreshIfStale())
        #expect(shared.current.currentVersion == 2)
        #expect(seal.unwrapped.withLock { $0 } == 1)
    }

    @Test func `is read once for many who ask at once`() async throws {
        let shared = try await shared()
        try await rotate(sealedBy: seal)
        let changes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 { group.addTask { try await shared.refresh() } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(changes >= 1)
        #expect(shared.current.currentVersion == 2)
        #expect(seal.unwrapped.withLock { $0 } == 1)
    }

    @Test func `stays in use when the record moves to a seal that this process does not have`() async throws {
        let shared = try await shared()
        let other = CountingSeal(try FileSeal.create(keyFile: directory.path("other.key")))
        try await rotate(sealedBy: other)
        shared.noteChange()
        for _ in 0..<5 {
            let error = await #expect(throws: KeyringUnavailable.self) { try await shared.refreshIfStale() }
            #expect(error?.reason.contains("seal.keyring/root") == true)
        }
        #expect(shared.current.currentVersion == 1)
        // A keyring that did not open is left alone for a while.
        #expect(seal.unwrapped.withLock { $0 } == 1)
        clock.advance(by: .seconds(SharedKeyring.retrySeconds))
        await #expect(throws: KeyringUnavailable.self) { try await shared.refreshIfStale() }
        #expect(seal.unwrapped.withLock { $0 } == 2)
    }

    @Test func `refuses a keyring that lacks root keys in use`() async throws {
        let shared = try await shared()
        let stored = try #require(try await record.read())
        let stranger = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))
        try await record.replace(stored, with: SealedKeyring(stranger, sealedBy: seal))
        await #expect(throws: KeyringUnavailable.self) { try await shared.refresh() }
        _ = try await store.commit([.delete(KeyringRecord.key, expecting: .any)])
        await #expect(throws: KeyringUnavailable.self) { try await shared.refresh() }
        #expect(keyring.isContained(in: shared.current))
    }

    @Test func `lets a sealed store read and write across a rotation by another node`() async throws {
        let shared = try await shared()
        let here = SealedStore(store, keyring: shared)
        let key = RecordKey(RecordKind("test"), "a")
        _ = try await here.commit([.put(key, [1], expecting: .any)])
        try await rotate(sealedBy: seal)
        let stored = try #require(try await record.read())
        let elsewhere = SealedStore(store, keyring: try await stored.open(with: seal))
        _ = try await elsewhere.commit([.put(key, [2], expecting: .any)])
        #expect(try await here.read(key)?.value == [2])
        #expect(shared.current.currentVersion == 2)
    }
}

@Suite("Sealing records anew")
struct ResealingTests {
    private let base = MemoryStore()
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))
    private let kind = RecordKind("test")

    private func rotated() throws -> SealedStore {
        SealedStore(base, keyring: try #require(keyring.rotated(now: Date(timeIntervalSince1970: 1))))
    }

    private func fill(_ count: Int) async throws {
        let store = SealedStore(base, keyring: keyring)
        for start in stride(from: 0, to: count, by: 500) {
            _ = try await store.commit(
                (start..<min(start + 500, count)).map {
                    .put(RecordKey(kind, "\($0)"), Array("value \($0)".utf8), expecting: .absent)
                }
            )
        }
    }

    @Test func `leaves nothing under the old root key and every value as it was`() async throws {
        try await fill(1_234)
        let store = try rotated()
        #expect(try await store.countOutdated(kind).outdated == 1_234)
        let progress = try await store.reseal(kind)
        #expect((progress.records, progress.outdated) == (1_234, 1_234))
        #expect(try await store.countOutdated(kind).outdated == 0)
        #expect(try await store.reseal(kind).outdated == 0)
        for number in [0, 1, 199, 200, 1_233] {
            let value = try await store.read(RecordKey(kind, "\(number)"))?.value
            #expect(value == Array("value \(number)".utf8))
        }
    }

    @Test func `loses no write that others make meanwhile`() async throws {
        try await fill(400)
        let store = try rotated()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [kind] in
                for round in 0..<20 {
                    for number in stride(from: 0, to: 400, by: 7) {
                        _ = try await store.commit([
                            .put(RecordKey(kind, "\(number)"), Array("new \(round)".utf8), expecting: .any)
                        ])
                    }
                }
            }
            group.addTask { [kind] in _ = try await store.reseal(kind) }
            try await group.waitForAll()
        }
        #expect(try await store.countOutdated(kind).outdated == 0)
        for number in 0..<400 {
            let expected = number.isMultiple(of: 7) ? "new 19" : "value \(number)"
            let value = try await store.read(RecordKey(kind, "\(number)"))?.value
            #expect(value == Array(expected.utf8), "\(number)")
        }
    }

    @Test func `stops at a damaged record and names it`() async throws {
        try await fill(10)
        _ = try await base.commit([.put(RecordKey(kind, "3"), [1, 2, 3], expecting: .any)])
        await #expect(throws: StorageError.corrupted(.record(RecordKey(kind, "3")))) {
            try await rotated().reseal(kind)
        }
    }
}

/// A clock that only a test moves.
private final class ManualClock: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { instant.withLock { $0 } }

    func advance(by duration: Duration) { instant.withLock { $0 += duration } }
}

/// A seal that counts how often it was asked to open.
private final class CountingSeal: Seal {
    let unwrapped = Mutex(0)
    private let seal: FileSeal

    init(_ seal: FileSeal) { self.seal = seal }

    var kind: String { seal.kind }

    func wrap(
        _ keyring: borrowing SecretBytes,
        for deployment: DeploymentID
    ) async throws(SealError) -> [UInt8] {
        try await seal.wrap(keyring, for: deployment)
    }

    func unwrap(
        _ wrapped: [UInt8],
        for deployment: DeploymentID?
    ) async throws(SealError) -> SecretBytes {
        unwrapped.withLock { $0 += 1 }
        return try await seal.unwrap(wrapped, for: deployment)
    }
}
