import Cryptography
import Foundation
import Testing

@testable import Storage

@Suite("StoreCopy")
struct StoreCopyTests {
    private let directory: TemporaryDirectory
    private let seed = UInt64.random(in: 0...UInt64.max)

    init() throws { directory = try TemporaryDirectory() }

    private func store(_ name: String) throws(StorageError) -> SQLiteStore {
        try SQLiteStore(path: directory.path(name))
    }

    private func fill(_ store: any RecordStore, _ records: [Record]) async throws {
        for record in records {
            _ = try await store.commit([.put(record.key, record.value, expecting: .absent)])
        }
    }

    private func contents(of store: any SnapshottingStore) async throws -> [RecordKey: [UInt8]] {
        var contents: [RecordKey: [UInt8]] = [:]
        try await store.forEachPage({ $0 as any Error }) { page async throws in
            for record in page { contents[record.key] = record.value }
        }
        return contents
    }

    private func backup(_ store: any SnapshottingStore) async throws -> (bytes: [UInt8], tally: RecordTally) {
        let file = MemoryBackup()
        let tally = try await StoreCopy.backUp(
            store,
            engine: "sqlite",
            program: "0.0.0",
            at: Date(timeIntervalSince1970: 0),
            to: file
        )
        return (file.bytes, tally)
    }

    private func restore(_ bytes: [UInt8], into store: any SnapshottingStore) async throws -> RecordTally {
        let (_, expected) = try BackupReader.verify(MemoryBackup(bytes))
        return try await StoreCopy.restore(MemoryBackup(bytes), expecting: expected, into: store)
    }

    private func failure(_ body: () async throws -> Void) async -> CopyError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? CopyError
        }
    }

    @Test func `brings every record from one engine to the other`() async throws {
        var generator = SeededGenerator(seed: seed)
        let records = generator.records(150)
        let expected = Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0.value) })
        let source = MemoryStore()
        try await fill(source, records)
        let (bytes, tally) = try await backup(source)
        let target = try store("target.db")
        #expect(try await restore(bytes, into: target) == tally, "seed \(seed)")
        #expect(try await contents(of: target) == expected, "seed \(seed)")
        let back = MemoryStore()
        #expect(try await StoreCopy.migrate(from: target, to: back) == tally)
        #expect(try await contents(of: back) == expected, "seed \(seed)")
        // Versions are the new store's own, so that its feed tells them.
        let versions = try await back.changes(after: 0, limit: 1000).map(\.sequence)
        #expect(versions == Array(1...Int64(records.count + 2)))
        await target.close()
    }

    @Test func `tells the position of the source's feed`() async throws {
        let source = MemoryStore()
        for _ in 0..<7 {
            _ = try await source.commit([.put(RecordKey(RecordKind("k"), "a"), [1], expecting: .any)])
        }
        let (header, tally) = try BackupReader.verify(MemoryBackup(try await backup(source).bytes))
        #expect(header.position == 7 && header.engine == "sqlite" && tally.records == 1)
    }

    @Test func `restores an empty backup`() async throws {
        let target = MemoryStore()
        #expect(try await restore(try MemoryBackup.of([]), into: target).records == 0)
        #expect(try await contents(of: target).isEmpty)
    }

    @Test func `fills only an empty store, and leaves another as it was`() async throws {
        let target = MemoryStore()
        let key = RecordKey(RecordKind("k"), "mine")
        _ = try await target.commit([.put(key, [1], expecting: .absent)])
        let bytes = try MemoryBackup.of([])
        #expect(await failure { _ = try await restore(bytes, into: target) } == .filling(.notEmpty))
        let found = await failure { _ = try await StoreCopy.migrate(from: MemoryStore(), to: target) }
        #expect(found == .filling(.notEmpty))
        #expect(try await target.latestChange() == 1)
        #expect(try await contents(of: target) == [key: [1]])
    }

    @Test func `marks a store until it is filled, and begins anew where a filling was broken off`()
        async throws
    {
        var generator = SeededGenerator(seed: seed)
        let records = generator.records(60)
        let target = try store("target.db")
        var filler = try await StoreFiller(target, reason: "restore")
        try await filler.add(Array(records.prefix(40)))
        #expect(try await IncompleteStore.reason(of: target) == "restore")
        #expect(await failure { _ = try await backup(target) } == .incomplete("restore"))
        let migrated = await failure { _ = try await StoreCopy.migrate(from: target, to: MemoryStore()) }
        #expect(migrated == .incomplete("restore"))

        let others = generator.records(30)
        let tally = try await restore(try MemoryBackup.of(others), into: target)
        #expect(tally.records == others.count)
        #expect(try await IncompleteStore.reason(of: target) == nil)
        #expect(
            try await contents(of: target)
                == Dictionary(uniqueKeysWithValues: others.map { ($0.key, $0.value) }),
            "seed \(seed)"
        )
        await target.close()
    }

    @Test func `lets the second of two fillings win, and never mixes them`() async throws {
        let target = MemoryStore()
        let records = ["a", "b"].map { Record(key: RecordKey(RecordKind("k"), $0), value: [1], version: 0) }
        var first = try await StoreFiller(target, reason: "first")
        try await first.add([records[0]])
        var second = try await StoreFiller(target, reason: "second")
        await #expect(throws: FillingError.disturbed) { _ = try await first.finish() }
        try await second.add([records[1]])
        #expect(try await second.finish().records == 1)
        #expect(try await contents(of: target) == [records[1].key: [1]])
    }

    @Test func `notices somebody who writes meanwhile, and keeps the mark`() async throws {
        let target = MemoryStore()
        let record = Record(key: RecordKey(RecordKind("k"), "a"), value: [1], version: 0)
        var filler = try await StoreFiller(target, reason: "restore")
        try await filler.add([record])
        _ = try await target.commit([.put(RecordKey(RecordKind("k"), "b"), [2], expecting: .any)])
        await #expect(throws: FillingError.differs) { _ = try await filler.finish() }
        var again = try await StoreFiller(target, reason: "restore")
        try await again.add([record])
        // Leaves no record, and yet somebody was there.
        let passing = RecordKey(RecordKind("k"), "c")
        _ = try await target.commit([.put(passing, [2], expecting: .any), .delete(passing, expecting: .any)])
        await #expect(throws: FillingError.disturbed) { _ = try await again.finish() }
        #expect(try await IncompleteStore.reason(of: target) == "restore")
    }

    @Test func `notices a source that changes while it is copied`() async throws {
        let source = ChangingStore()
        let key = RecordKey(RecordKind("k"), "a")
        _ = try await source.base.commit([.put(key, [1], expecting: .absent)])
        let target = MemoryStore()
        let found = await failure { _ = try await StoreCopy.migrate(from: source, to: target) }
        #expect(found == .changedMeanwhile)
        #expect(try await IncompleteStore.reason(of: target) == "store migrate")
    }

    @Test func `does not finish from a backup that is another one at the second reading`() async throws {
        let records = [Record(key: RecordKey(RecordKind("k"), "a"), value: [1], version: 0)]
        let (_, expected) = try BackupReader.verify(MemoryBackup(try MemoryBackup.of(records)))
        let other = try MemoryBackup.of([])
        let target = MemoryStore()
        let found = await failure {
            _ = try await StoreCopy.restore(MemoryBackup(other), expecting: expected, into: target)
        }
        #expect(found == .changedMeanwhile)
        #expect(try await IncompleteStore.reason(of: target) == "restore")
    }

    @Test func `backs up a store that is written meanwhile as it was at one moment`() async throws {
        let source = try store("source.db")
        // Each batch writes one number everywhere, so a mixture of two moments shows.
        let keys = (0..<50).map { RecordKey(RecordKind("k\($0 % 3)"), "\($0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in UInt8(0)..<60 {
                    _ = try await source.commit(keys.map { .put($0, [number], expecting: .any) })
                }
            }
            for _ in 0..<5 {
                let (_, records) = try MemoryBackup.read(try await backup(source).bytes)
                #expect(records.isEmpty || records.count == keys.count)
                #expect(Set(records.map(\.value)).count <= 1)
            }
            try await group.waitForAll()
        }
        await source.close()
    }
}

/// A store that changes whenever somebody looks at all of it.
private struct ChangingStore: SnapshottingStore {
    let base = MemoryStore()

    func snapshot() async throws(StorageError) -> any RecordSnapshot {
        let snapshot = try await base.snapshot()
        _ = try await base.commit([.put(RecordKey(RecordKind("k"), "new"), [1], expecting: .any)])
        return snapshot
    }

    func read(_ key: RecordKey) async throws(StorageError) -> Record? { try await base.read(key) }

    func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] { try await base.read(keys) }

    func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try await base.scan(kind, prefix: prefix, after: after, limit: limit)
    }

    func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult { try await base.commit(batch) }

    func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change] {
        try await base.changes(after: sequence, limit: limit)
    }

    func latestChange() async throws(StorageError) -> Int64 { try await base.latestChange() }

    func close() async { await base.close() }
}
