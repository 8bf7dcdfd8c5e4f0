import Foundation
import GRDB
import Synchronization

/// The records of a SQLite store at one moment: a read transaction on a connection of its own.
///
/// It keeps no writer waiting, of this process or another, but while it is open the write-ahead log cannot
/// be folded into the file, so the log grows by what is written meanwhile.
final class SQLiteSnapshot: RecordSnapshot {
    /// A page ends behind the record that reaches so many bytes, so that large values do not fill the memory.
    private static let pageBytesMax = 4 << 20

    private struct Position {
        let kind: String
        let key: Data
    }

    private struct State {
        /// The last record given out.
        var last: Position?
        var isClosed = false
    }

    private let connection: DatabaseSnapshot
    private let path: String
    private let state = Mutex(State())

    init(_ connection: DatabaseSnapshot, path: String) {
        self.connection = connection
        self.path = path
    }

    func next(limit: Int) async throws(StorageError) -> [Record] {
        try StorageLimits.check(page: limit)
        let last = try state.withLock { state throws(StorageError) in
            guard !state.isClosed else { throw .closed }
            return state.last
        }
        do {
            let (records, end) = try await connection.read { [path] db in
                try Self.page(after: last, limit: limit, in: db, path: path)
            }
            state.withLock { $0.last = end }
            return records
        } catch {
            throw state.withLock(\.isClosed) ? .closed : StorageError(error, path: path)
        }
    }

    func close() async {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        do {
            try connection.close()
        } catch {
            // A statement that is still running keeps the connection; it ends here, and the connection with
            // its owner.
            connection.interrupt()
        }
    }

    private static func page(
        after last: Position?,
        limit: Int,
        in db: Database,
        path: String
    ) throws -> ([Record], Position?) {
        let statement = try db.cachedStatement(
            sql: """
                SELECT kind, key, \(SQLiteSchema.value), version FROM records
                \(last == nil ? "" : "WHERE (kind, key) > (?, ifnull(?, x''))")
                ORDER BY kind, key LIMIT ?
                """
        )
        if let last {
            statement.setUncheckedArguments([last.kind, last.key, limit])
        } else {
            statement.setUncheckedArguments([limit])
        }
        let rows = try Row.fetchCursor(statement)
        var records: [Record] = []
        var bytes = 0
        var end = last
        while bytes < pageBytesMax, let row = try rows.next() {
            let kind: String = row[0]
            let keyBytes = try SQLiteStore.bytes(1, of: row)
            // Repaired text would be another key, to which the value is not sealed.
            guard let key = String(validating: keyBytes, as: UTF8.self) else {
                throw StorageError.corrupted(
                    .file(path: path, reason: "a key of kind \(kind) is not UTF-8 text")
                )
            }
            let record = RecordKey(RecordKind(kind), key)
            let value = try SQLiteStore.value(2, of: row, record)
            records.append(Record(key: record, value: value, version: row[3]))
            bytes += value.count
            end = Position(kind: kind, key: Data(keyBytes))
        }
        return (records, end)
    }
}

extension SQLiteStore: SnapshottingStore {
    package func snapshot() async throws(StorageError) -> any RecordSnapshot {
        guard !isClosed else { throw .closed }
        do {
            return SQLiteSnapshot(try database.makeSnapshot(), path: path)
        } catch {
            throw failure(error)
        }
    }
}
