import Foundation
import GRDB
import StorageTesting
import Testing

@testable import Storage

@Suite("SQLiteStore")
struct SQLiteStoreTests {
    private let directory: TemporaryDirectory
    private let kind = RecordKind("thing")
    private var path: String { directory.path("store.db") }

    init() throws { directory = try TemporaryDirectory() }

    private func put(_ name: String, _ value: [UInt8], _ expectation: Storage.Expectation = .any) -> Write {
        .put(RecordKey(kind, name), value, expecting: expectation)
    }

    @Test(arguments: RecordStoreSuite.promises)
    func `keeps the promise`(_ promise: RecordStoreSuite.Promise) async throws {
        try await promise.check { try SQLiteStore(path: path) }
    }

    @Test func `keeps everything across opening anew`() async throws {
        try await RecordStoreSuite.checkPersistence { try SQLiteStore(path: path) }
    }

    @Test func `trims its feed and says so`() async throws {
        var options = SQLiteStore.Options()
        options.changesKept = 50
        let store = try SQLiteStore(path: path, options: options)
        try await RecordStoreSuite.checkTrimming(of: store, changesKept: 50, slack: 1000)
        await store.close()
    }

    @Test func `makes files that only their owner may read`() async throws {
        let store = try SQLiteStore(path: path)
        _ = try await store.commit([put("a", [1])])
        #expect(try directory.names() == ["store.db", "store.db-shm", "store.db-wal"])
        for name in try directory.names() { #expect(try directory.mode(name) == 0o600, "\(name)") }
        await store.close()
        #expect(try directory.names() == ["store.db"])
    }

    @Test func `brings every commit to the disk`() async throws {
        let store = try SQLiteStore(path: path)
        let (synchronous, journal) = try await store.database.writeWithoutTransaction { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                try String.fetchOne(db, sql: "PRAGMA journal_mode")
            )
        }
        #expect(synchronous == 2 && journal == "wal")
        await store.close()
    }

    @Test func `reads without awaiting what await reads`() async throws {
        let store = try SQLiteStore(path: path)
        let key = RecordKey(kind, "a")
        #expect(try store.readSynchronously(key) == nil)
        _ = try await store.commit([put("a", [1, 2, 3])])
        let record = try store.readSynchronously(key)
        #expect(try await store.read(key) == record && record?.value == [1, 2, 3])
        await store.close()
        #expect(throws: StorageError.closed) { try store.readSynchronously(key) }
    }

    @Test func `gives a batch of a shared transaction its own fate`() async throws {
        let store = try SQLiteStore(path: path)
        let batches = [
            [put("a", [1], .absent)], [put("b", [2]), put("a", [2], .absent)], [put("c", [3], .absent)],
            [.delete(RecordKey(kind, "a"), expecting: .version(1)), put("d", [4])],
        ]
        let outcomes = try await store.database.writeWithoutTransaction { db in
            try SQLiteTransaction(db: db, changesKept: 100).run(batches).outcomes
        }
        #expect(
            outcomes == [
                .success(CommitResult(versions: [1])), .failure(.conflict(RecordKey(kind, "a"))),
                .success(CommitResult(versions: [2])), .success(CommitResult(versions: [3, 4])),
            ]
        )
        let names = try await store.scan(kind, prefix: "", after: nil, limit: 10).map(\.key.key)
        #expect(names == ["c", "d"])
        #expect(try await store.changes(after: 0, limit: 10).map(\.sequence) == [1, 2, 3, 4])
        await store.close()
    }

    @Test func `decides a batch by what the batch itself did before`() async throws {
        let store = try SQLiteStore(path: path)
        let a = RecordKey(kind, "a")
        let made = try await store.commit([
            put("a", [1], .absent), .check(a, expecting: .version(1)), put("a", [2], .version(1)),
            .delete(a, expecting: .version(2)), .delete(a, expecting: .any), put("a", [3], .absent),
        ])
        #expect(made.versions == [1, nil, 2, 3, nil, 4])
        #expect(try await store.read(a)?.value == [3])
        await #expect(throws: StorageError.conflict(a)) {
            try await store.commit([
                put("b", [1]), .delete(a, expecting: .any), .check(a, expecting: .version(4)),
            ])
        }
        #expect(try await store.read(a)?.version == 4)
        #expect(try await store.read(RecordKey(kind, "b")) == nil)
        #expect(try await store.latestChange() == 4)
        await store.close()
    }

    @Test func `is made once by all who open a new file at the same moment`() async throws {
        for round in 0..<5 {
            let path = directory.path("new-\(round).db")
            let stores = try await withThrowingTaskGroup(of: SQLiteStore.self) { group in
                for _ in 0..<6 { group.addTask { try SQLiteStore(path: path) } }
                return try await group.reduce(into: [SQLiteStore]()) { $0.append($1) }
            }
            for (index, store) in stores.enumerated() {
                _ = try await store.commit([put("\(index)", [1], .absent)])
            }
            #expect(try await stores[0].latestChange() == 6)
            for store in stores { await store.close() }
        }
    }

    @Test func `goes on with a file whose making ended before its first migration`() async throws {
        let begun = try DatabaseQueue(path: path)
        try await begun.write { db in
            try db.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        try begun.close()
        let store = try SQLiteStore(path: path)
        #expect(try await store.commit([put("a", [1], .absent)]).versions == [1])
        await store.close()
    }

    @Test func `does not take another program's file for a store, nor one of a newer version`() async throws {
        let other = try DatabaseQueue(path: path)
        try await other.write { db in
            try db.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('1 records and changes')")
        }
        try other.close()
        #expect {
            try SQLiteStore(path: path)
        } throws: {
            guard case .corrupted(.file) = $0 as? StorageError else { return false }
            return true
        }
        let newer = directory.path("newer.db")
        let store = try SQLiteStore(path: newer)
        try await store.database.writeWithoutTransaction { db in
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 of the future')")
        }
        await store.close()
        #expect {
            try SQLiteStore(path: newer)
        } throws: {
            guard case .unavailable = $0 as? StorageError else { return false }
            return true
        }
    }

    @Test func `shares the file with another process's connection`() async throws {
        let one = try SQLiteStore(path: path)
        let other = try SQLiteStore(path: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, store) in [one, other].enumerated() {
                group.addTask {
                    for number in 0..<50 {
                        _ = try await store.commit([put("\(index)/\(number)", [1], .absent)])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await one.changes(after: 0, limit: 1000).map(\.sequence) == Array(1...100))
        #expect(try await other.latestChange() == 100)
        let version = try await one.commit([put("a", [1], .absent)]).versions[0]
        #expect(try await other.read(RecordKey(kind, "a"))?.version == version)
        let error = await #expect(throws: StorageError.self) {
            try await other.commit([put("a", [2], .absent)])
        }
        #expect(error == .conflict(RecordKey(kind, "a")))
        // Each tells its own changes from memory, and the other's from the file.
        _ = try await other.commit([put("b", [1])])
        _ = try await one.commit([put("c", [1])])
        for store in [one, other] {
            var seen: [Int64] = []
            while let last = try await store.changes(after: seen.last ?? 0, limit: 7).last {
                seen += try await store.changes(after: seen.last ?? 0, limit: 7).map(\.sequence)
                #expect(seen.last == last.sequence)
            }
            #expect(seen == Array(1...103))
        }
        await one.close()
        await other.close()
    }

    @Test func `finishes the commits under way before it closes, and refuses the rest`() async throws {
        let store = try SQLiteStore(path: path)
        let kept = try await withThrowingTaskGroup(of: String?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do throws(StorageError) {
                        _ = try await store.commit([put("\(number)", [1])])
                        return "\(number)"
                    } catch {
                        #expect(error == .closed)
                        return nil
                    }
                }
            }
            group.addTask {
                await store.close()
                return nil
            }
            return try await group.reduce(into: Set<String>()) { if let name = $1 { $0.insert(name) } }
        }
        let again = try SQLiteStore(path: path)
        let names = try await again.scan(kind, prefix: "", after: nil, limit: 1000).map(\.key.key)
        #expect(Set(names) == kept)
        await again.close()
    }

    @Test func `says that it is full, keeps what it has and goes on reading`() async throws {
        var options = SQLiteStore.Options()
        options.pagesMax = 200
        let store = try SQLiteStore(path: path, options: options)
        let value = [UInt8](repeating: 0xA5, count: 20_000)
        var count = 0
        var failure: StorageError?
        while failure == nil, count < 100 {
            do throws(StorageError) {
                _ = try await store.commit([put("\(count)", value, .absent)])
                count += 1
            } catch {
                failure = error
            }
        }
        #expect(failure == .full)
        #expect(count > 10)
        #expect(try await store.scan(kind, prefix: "", after: nil, limit: 1000).count == count)
        #expect(try await store.latestChange() == Int64(count))

        // A large batch that does not fit takes no small one down with it.
        _ = try await store.commit((0..<5).map { .delete(RecordKey(kind, "\($0)"), expecting: .any) })
        let outcomes = await withTaskGroup(of: (Int, StorageError?).self) { group in
            for number in 0..<20 {
                let large = number == 7
                group.addTask {
                    do throws(StorageError) {
                        let size = large ? 900_000 : 100
                        let bytes = [UInt8](repeating: 1, count: size)
                        _ = try await store.commit([put("late/\(number)", bytes)])
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes == [7: .full])
        await store.close()
    }

    @Test func `turns callers away when the disk does not keep up`() async throws {
        let store = try SQLiteStore(path: path)
        let gate = DispatchSemaphore(value: 0)
        store.database.asyncWriteWithoutTransaction { _ in gate.wait() }
        let refusals = await withTaskGroup(of: StorageError?.self) { group in
            let total = SQLiteWriter.waitingMax + 5
            for number in 0..<total {
                group.addTask {
                    do throws(StorageError) {
                        _ = try await store.commit([put("\(number)", [1])])
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            // The refused ones end first: the others wait for the gate.
            var refusals: [StorageError] = []
            for await outcome in group {
                if let outcome { refusals.append(outcome) }
                if refusals.count == 5 { gate.signal() }
            }
            return refusals
        }
        #expect(refusals.count == 5)
        #expect(refusals.allSatisfy { if case .unavailable = $0 { true } else { false } })
        #expect(try await store.latestChange() == Int64(SQLiteWriter.waitingMax))
        await store.close()
    }
}
