import GRDB
import GRDBSQLite
import StorageTesting
import Testing

@testable import Storage

@Suite("GatheredLog")
struct GatheredLogTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path("test.db") }

    init() throws {
        directory = try TemporaryDirectory()
        GatheredLog.install()
    }

    private func open(_ pragmas: String = "") throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; \(pragmas)")
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS things (number INTEGER PRIMARY KEY, value BLOB)")
        }
        return queue
    }

    private func insert(_ numbers: Range<Int>, in db: Database) throws {
        for number in numbers {
            try db.execute(sql: "INSERT INTO things VALUES (?, randomblob(3000))", arguments: [number])
        }
    }

    private func count(_ queue: DatabaseQueue) throws -> Int? {
        try queue.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM things") }
    }

    @Test func `is how this process opens its logs`() {
        #expect(sqlite3_vfs_find(nil).map { String(cString: $0.pointee.zName) } == "strongroom-log")
    }

    /// Without a sync SQLite asks nothing of the log after the last page.
    @Test(arguments: ["OFF", "NORMAL", "FULL"])
    func `shows other connections each transaction at once`(synchronous: String) throws {
        let writer = try open("PRAGMA synchronous = \(synchronous)")
        let reader = try open()
        for round in 1...50 {
            let numbers = (round - 1) * 40..<round * 40
            try writer.write { db in try insert(numbers, in: db) }
            #expect(try count(reader) == round * 40)
        }
        let finding = try reader.read { db in try String.fetchOne(db, sql: "PRAGMA integrity_check") }
        #expect(finding == "ok")
    }

    /// A cache of few pages has SQLite write pages of a transaction that is not over, and read them again.
    @Test func `keeps transactions whole that are larger than memory or given up`() throws {
        let writer = try open("PRAGMA cache_size = 10")
        let reader = try open()
        for round in 0..<20 {
            let numbers = round * 100..<(round + 1) * 100
            try writer.writeWithoutTransaction { db in
                try db.inTransaction {
                    try insert(numbers, in: db)
                    return round.isMultiple(of: 2) ? .commit : .rollback
                }
            }
            #expect(try count(reader) == (round / 2 + 1) * 100)
        }
        let finding = try writer.read { db in try String.fetchOne(db, sql: "PRAGMA integrity_check") }
        #expect(finding == "ok")
        try writer.close()
        #expect(try count(reader) == 1000)
    }

    /// What a process that is killed after a commit leaves behind.
    @Test func `has each transaction in the file when it is over`() throws {
        let writer = try open("PRAGMA synchronous = OFF")
        for round in 1...10 {
            try writer.write { db in try insert((round - 1) * 50..<round * 50, in: db) }
            let copy = try TemporaryDirectory()
            for name in ["test.db", "test.db-wal"] { try copy.write(try directory.bytes(name), to: name) }
            let found = try DatabaseQueue(path: copy.path("test.db"))
            #expect(try count(found) == round * 50)
        }
    }
}
