import GRDB
import StorageTesting
import Testing

@testable import Storage

@Suite("SQLiteSnapshot")
struct SQLiteSnapshotTests {
    private let directory: TemporaryDirectory
    private let kind = RecordKind("thing")
    private var path: String { directory.path("store.db") }

    init() throws { directory = try TemporaryDirectory() }

    private func put(_ name: String, _ value: [UInt8] = [1]) -> Write {
        .put(RecordKey(kind, name), value, expecting: .any)
    }

    @Test(arguments: RecordStoreSuite.snapshotPromises)
    func `keeps the promise`(_ promise: RecordStoreSuite.Promise) async throws {
        try await promise.check { try SQLiteStore(path: path) }
    }

    @Test func `is of one moment for a store that another process writes`() async throws {
        let writer = try SQLiteStore(path: path)
        _ = try await writer.commit([put("a"), put("b")])
        let reader = try SQLiteStore(path: path)
        let snapshot = try await reader.snapshot()
        _ = try await writer.commit([put("a", [2]), put("c")])
        let seen = try await snapshot.next(limit: 10)
        #expect(seen.map(\.key.key) == ["a", "b"] && seen.allSatisfy { $0.value == [1] })
        #expect(try await reader.read(RecordKey(kind, "a"))?.value == [2])
        await snapshot.close()
        await reader.close()
        await writer.close()
    }

    @Test func `ends a page early where values are large`() async throws {
        let store = try SQLiteStore(path: path)
        for name in ["a", "b", "c", "d", "e", "f", "g"] {
            _ = try await store.commit([put(name, [UInt8](repeating: 1, count: 1 << 20))])
        }
        let snapshot = try await store.snapshot()
        #expect(try await snapshot.next(limit: 100).map(\.key.key) == ["a", "b", "c", "d"])
        #expect(try await snapshot.next(limit: 100).map(\.key.key) == ["e", "f", "g"])
        #expect(try await snapshot.next(limit: 100).isEmpty)
        await snapshot.close()
        await store.close()
    }

    @Test func `leaves no file behind once it and the store are closed`() async throws {
        let store = try SQLiteStore(path: path)
        _ = try await store.commit([put("a")])
        let snapshot = try await store.snapshot()
        _ = try await snapshot.next(limit: 1)
        await snapshot.close()
        await store.close()
        #expect(try directory.names() == ["store.db"])
    }

    @Test func `names the file in which a key is not text`() async throws {
        let store = try SQLiteStore(path: path)
        _ = try await store.commit([put("a")])
        try await store.database.write { db in
            try db.execute(
                sql: "INSERT INTO records (kind, key, value, version) VALUES ('thing', x'FF', x'00', 7)"
            )
        }
        let snapshot = try await store.snapshot()
        let error = await #expect(throws: StorageError.self) { try await snapshot.next(limit: 10) }
        #expect(
            error == .corrupted(.file(path: path, reason: "a key of kind thing is not UTF-8 text"))
        )
        await snapshot.close()
        await store.close()
    }
}
