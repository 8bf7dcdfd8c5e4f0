import Foundation
import GRDB
import StorageTesting
import Testing

@testable import Storage

/// Long values lie apart from the keys, which must not show.
@Suite("Long values in SQLite")
struct LongValueTests {
    private static let inlineMax = SQLiteSchema.inlineBytesMax

    private let directory: TemporaryDirectory
    private let kind = RecordKind("thing")
    private var path: String { directory.path("store.db") }

    init() throws { directory = try TemporaryDirectory() }

    private func key(_ name: String) -> RecordKey { RecordKey(kind, name) }

    private func put(_ name: String, _ count: Int, _ expectation: Storage.Expectation = .any) -> Write {
        .put(key(name), value(name, count), expecting: expectation)
    }

    private func value(_ name: String, _ count: Int) -> [UInt8] {
        [UInt8](repeating: name.utf8.first ?? 0, count: count)
    }

    /// The versions whose values lie apart.
    private func apart(in store: SQLiteStore) async throws -> [Int64] {
        try await store.database.read { db in
            try Int64.fetchAll(db, sql: "SELECT version FROM long_values ORDER BY version")
        }
    }

    @Test func `come back whole however they are read`() async throws {
        let sizes = [
            "a": 0, "b": 1, "c": Self.inlineMax, "d": Self.inlineMax + 1, "e": 5000,
            "f": StorageLimits.valueBytesMax,
        ]
        let names = sizes.keys.sorted()
        let store = try SQLiteStore(path: path)
        _ = try await store.commit(names.map { put($0, sizes[$0] ?? 0) })
        #expect(try await apart(in: store) == [4, 5, 6])
        let scanned = try await store.scan(kind, prefix: "", after: nil, limit: 10)
        let snapshot = try await store.snapshot()
        let pages = try await snapshot.next(limit: 10)
        await snapshot.close()
        let together = try await store.read(names.map(key))
        for (index, name) in names.enumerated() {
            let expected = Record(
                key: key(name),
                value: value(name, sizes[name] ?? 0),
                version: Int64(index + 1)
            )
            #expect(try await store.read(key(name)) == expected)
            #expect(try store.readSynchronously(key(name)) == expected)
            #expect(together[index] == expected)
            #expect(scanned[index] == expected)
            #expect(pages[index] == expected)
        }
        await store.close()
    }

    @Test func `are not taken for a value that looks like their mark`() async throws {
        let store = try SQLiteStore(path: path)
        let mark = key("mark")
        _ = try await store.commit([.put(mark, SQLiteSchema.apart, expecting: .any)])
        #expect(try await store.read(mark)?.value == SQLiteSchema.apart)
        #expect(try await apart(in: store) == [1])
        await store.close()
    }

    @Test func `are not there any more only as damage to their record`() async throws {
        let store = try SQLiteStore(path: path)
        _ = try await store.commit([put("a", 500), put("b", 1)])
        try await store.database.write { db in try db.execute(sql: "DELETE FROM long_values") }
        let damage = StorageError.corrupted(.record(key("a")))
        await #expect(throws: damage) { try await store.read(key("a")) }
        #expect(throws: damage) { try store.readSynchronously(key("a")) }
        await #expect(throws: damage) { try await store.read([key("b"), key("a")]) }
        await #expect(throws: damage) { try await store.scan(kind, prefix: "", after: nil, limit: 10) }
        let snapshot = try await store.snapshot()
        await #expect(throws: damage) { try await snapshot.next(limit: 10) }
        await snapshot.close()
        #expect(try await store.read(key("b"))?.value == value("b", 1))
        await store.close()
    }

    @Test func `leave nothing behind when they are replaced or deleted`() async throws {
        let store = try SQLiteStore(path: path)
        _ = try await store.commit([put("a", 500), put("b", 500), put("c", 500), put("d", 1)])
        #expect(try await apart(in: store) == [1, 2, 3])
        _ = try await store.commit([
            put("a", 600, .version(1)), put("b", 2), .delete(key("c"), expecting: .any), put("d", 700),
        ])
        #expect(try await apart(in: store) == [5, 8])
        #expect(try await store.read(key("a"))?.value == value("a", 600))
        #expect(try await store.read(key("b"))?.value == value("b", 2))
        #expect(try await store.read(key("c")) == nil)
        #expect(try await store.read(key("d"))?.value == value("d", 700))
        // The same record several times in one batch.
        _ = try await store.commit([
            put("a", 800), .delete(key("a"), expecting: .any), put("a", 900), put("a", 1000),
        ])
        #expect(try await store.read(key("a"))?.value == value("a", 1000))
        #expect(try await apart(in: store) == [8, 12])
        await store.close()
    }

    @Test func `are not there when their batch is refused`() async throws {
        let store = try SQLiteStore(path: path)
        _ = try await store.commit([put("a", 500)])
        await #expect(throws: StorageError.conflict(key("a"))) {
            try await store.commit([put("b", 500), put("a", 600, .absent)])
        }
        #expect(try await apart(in: store) == [1])
        #expect(try await store.read(key("a"))?.value == value("a", 500))
        await store.close()
    }

    @Test func `of an earlier version's store are read where they are and move when they are written`()
        async throws
    {
        let old = try DatabasePool(path: path)
        try SQLiteSchema.migrator.migrate(old, upTo: "1 records and changes")
        try await old.write { [kind] db in
            for (number, name) in [(1, "a"), (2, "b"), (3, "c")] {
                try db.execute(
                    sql: "INSERT INTO records (kind, key, value, version) VALUES (?, cast(? AS BLOB), ?, ?)",
                    arguments: [kind.rawValue, name, Data(value(name, 500)), number]
                )
                try db.execute(
                    sql: """
                        INSERT INTO changes (sequence, kind, key, deleted)
                        VALUES (?, ?, cast(? AS BLOB), 0)
                        """,
                    arguments: [number, kind.rawValue, name]
                )
            }
        }
        try old.close()
        let store = try SQLiteStore(path: path)
        for name in ["a", "b", "c"] {
            #expect(try await store.read(key(name))?.value == value(name, 500))
        }
        _ = try await store.commit([put("a", 600, .version(1)), .delete(key("b"), expecting: .version(2))])
        #expect(try await apart(in: store) == [4])
        let found = try await store.scan(kind, prefix: "", after: nil, limit: 10)
        #expect(found.map(\.value) == [value("a", 600), value("c", 500)])
        await store.close()
    }

    /// As a process of an earlier version does that has the file open while it is brought up to date.
    @Test func `give way to one that an earlier version writes`() async throws {
        let store = try SQLiteStore(path: path)
        _ = try await store.commit([put("a", 500)])
        try await store.database.write { db in
            try db.execute(
                sql: "UPDATE records SET value = ?, version = 2",
                arguments: [Data(value("a", 700))]
            )
        }
        #expect(try await store.read(key("a"))?.value == value("a", 700))
        #expect(try await apart(in: store) == [])
        await store.close()
    }
}
