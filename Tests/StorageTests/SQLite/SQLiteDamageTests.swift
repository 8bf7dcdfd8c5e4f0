import GRDB
import Testing

@testable import Storage

@Suite("SQLiteStore, damaged or out of reach")
struct SQLiteDamageTests {
    private let directory: TemporaryDirectory
    private let kind = RecordKind("thing")
    private var path: String { directory.path("store.db") }

    init() throws { directory = try TemporaryDirectory() }

    private func fill() async throws {
        let store = try SQLiteStore(path: path)
        for start in stride(from: 0, to: 500, by: 100) {
            _ = try await store.commit(
                (start..<(start + 100)).map {
                    .put(
                        RecordKey(kind, "\($0)"),
                        [UInt8](repeating: UInt8($0 % 251), count: 700),
                        expecting: .any
                    )
                }
            )
        }
        await store.close()
    }

    /// Opens the file and reads all of it; gives the first error.
    private func firstError() async -> StorageError? {
        do throws(StorageError) {
            let store = try SQLiteStore(path: path)
            do throws(StorageError) {
                _ = try await store.scan(kind, prefix: "", after: nil, limit: 1000)
                _ = try await store.changes(after: 0, limit: 1000)
                try await store.verify()
            } catch {
                await store.close()
                throw error
            }
            await store.close()
            return nil
        } catch {
            return error
        }
    }

    private func expectDamage(_ what: String) async {
        let error = await firstError()
        guard case .corrupted(.file(path: path, _)) = error else {
            Issue.record("\(what): \(String(describing: error))")
            return
        }
        #expect(error?.description.contains(path) == true)
    }

    @Test func `an undamaged file has no error`() async throws {
        try await fill()
        #expect(await firstError() == nil)
    }

    // SQLite takes a file of no or of one byte for a new one.
    @Test(arguments: [2, 50, 99, 100, 512, 4095])
    func `names a file of which little is left`(count: Int) async throws {
        try await fill()
        try directory.write(Array(try directory.bytes("store.db").prefix(count)), to: "store.db")
        await expectDamage("\(count) bytes")
    }

    @Test(arguments: [1, 3, 10, 50])
    func `names a file that lost its last pages`(pages: Int) async throws {
        try await fill()
        let bytes = try directory.bytes("store.db")
        try directory.write(bytes.dropLast(pages * 4096), to: "store.db")
        await expectDamage("\(pages) pages less")
    }

    @Test func `names a file with overwritten pages`() async throws {
        try await fill()
        let bytes = try directory.bytes("store.db")
        for page in [0, 1, 2, bytes.count / 4096 / 2] {
            var changed = bytes
            // The page's own header: its kind, and how many cells it has.
            let start = page * 4096 + (page == 0 ? 100 : 0)
            for offset in 0..<8 { changed[start + offset] ^= 0xFF }
            try directory.write(changed, to: "store.db")
            await expectDamage("page \(page)")
        }
    }

    @Test func `names a file that is no database`() async throws {
        try directory.write(
            Array("this is a text, of which there are many in this directory".utf8),
            to: "store.db"
        )
        await expectDamage("text")
        try directory.write([UInt8](repeating: 0xA5, count: 20_000), to: "store.db")
        await expectDamage("noise")
    }

    @Test func `never crashes on flipped bits`() async throws {
        try await fill()
        let bytes = try directory.bytes("store.db")
        let seed = UInt64.random(in: 0...UInt64.max)
        var state = seed
        for _ in 0..<60 {
            var changed = bytes
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            changed[Int(state >> 33) % bytes.count] ^= 1 << UInt8(state >> 61)
            try directory.write(changed, to: "store.db")
            switch await firstError() {
            // A flip inside a value is for the seal to find.
            case nil, .corrupted, .unavailable: break
            case let other?: Issue.record("seed \(seed): \(other)")
            }
        }
    }

    @Test func `refuses another program's database`() async throws {
        let foreign = try DatabaseQueue(path: path)
        try await foreign.write { try $0.execute(sql: "CREATE TABLE letters (text TEXT)") }
        try foreign.close()
        let error = #expect(throws: StorageError.self) { try SQLiteStore(path: path) }
        #expect(error == .corrupted(.file(path: path, reason: "it is not a Strongroom store")))
    }

    @Test func `refuses a store of a newer version`() async throws {
        try await fill()
        let newer = try DatabaseQueue(path: path)
        try await newer.write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2 from the future')")
        }
        try newer.close()
        let error = #expect(throws: StorageError.self) { try SQLiteStore(path: path) }
        #expect(error == .unavailable(reason: "\(path) was written by a newer version of Strongroom"))
    }

    @Test(arguments: ["absent/store.db", "file/store.db", "directory"])
    func `names a path that cannot be opened`(name: String) throws {
        try directory.write([1], to: "file")
        try directory.makeDirectory("directory")
        let error = #expect(throws: StorageError.self) { try SQLiteStore(path: directory.path(name)) }
        guard case .unavailable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(directory.path(name)), "\(reason)")
    }

    @Test func `names a place where nothing can be written`() {
        let error = #expect(throws: StorageError.self) { try SQLiteStore(path: "/proc/strongroom.db") }
        guard case .unavailable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("/proc/strongroom.db"))
    }
}
