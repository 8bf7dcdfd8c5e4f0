import Cryptography
import Foundation
import GRDB

extension SQLiteStore {
    package func read(_ key: RecordKey) async throws(StorageError) -> Record? {
        try StorageLimits.check(key)
        return try await reading { db in try Self.record(at: key, in: db) }
    }

    /// Reads one record on the calling thread, which waits for the disk at worst; for callers that cannot
    /// await.
    ///
    /// - Throws: as ``RecordStore/read(_:)-(RecordKey)``.
    package func readSynchronously(_ key: RecordKey) throws(StorageError) -> Record? {
        try StorageLimits.check(key)
        guard !isClosed else { throw .closed }
        do {
            return try database.unsafeRead { db in try Self.record(at: key, in: db) }
        } catch {
            throw failure(error)
        }
    }

    package func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try StorageLimits.check(keys: keys)
        guard !isClosed else { throw .closed }
        do {
            // A transaction, so that all statements see one snapshot.
            return try await database.read { db in
                try keys.map { key in try Self.record(at: key, in: db) }
            }
        } catch {
            throw failure(error)
        }
    }

    package func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try StorageLimits.check(page: limit)
        let range = SQLiteKeyRange(prefix: prefix, after: after)
        return try await reading { db in
            let statement = try db.cachedStatement(sql: range.sql)
            try statement.setArguments(range.arguments(kind: kind, limit: limit))
            let rows = try Row.fetchCursor(statement)
            var records: [Record] = []
            while let row = try rows.next() {
                let key = RecordKey(kind, String(decoding: try Self.bytes(0, of: row), as: UTF8.self))
                let version = try Self.version(2, of: row, key)
                records.append(Record(key: key, value: try Self.value(1, of: row, key), version: version))
            }
            return records
        }
    }

    package func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change] {
        try StorageLimits.check(page: limit)
        guard !isClosed else { throw .closed }
        if let changes = recent.changes(after: sequence, limit: limit) { return changes }
        let changes = try await reading { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT sequence, kind, key, deleted FROM changes
                    WHERE sequence > ? ORDER BY sequence LIMIT ?
                    """
            )
            statement.setUncheckedArguments([sequence, limit])
            let rows = try Row.fetchCursor(statement)
            var changes: [Change] = []
            while let row = try rows.next() {
                let kind = RecordKind(String(decoding: try Self.bytes(1, of: row), as: UTF8.self))
                let key = RecordKey(kind, String(decoding: try Self.bytes(2, of: row), as: UTF8.self))
                guard let number = Self.integer(0, of: row), let deleted = Self.integer(3, of: row) else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a change is damaged")
                }
                changes.append(Change(sequence: number, key: key, deleted: deleted != 0))
            }
            return changes
        }
        // Numbers have no gaps, so one at the beginning means that changes were trimmed.
        if let oldest = changes.first?.sequence, oldest - 1 > max(sequence, 0) {
            throw .changesTrimmed(oldest: oldest)
        }
        return changes
    }

    package func latestChange() async throws(StorageError) -> Int64 {
        try await reading { db in try SQLiteTransaction.latestChange(in: db) }
    }

    private static func record(at key: RecordKey, in db: Database) throws -> Record? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(SQLiteSchema.value), version FROM records WHERE kind = ? AND key = ifnull(?, x'')"
        )
        statement.setUncheckedArguments([key.kind.rawValue, Data(key.key.utf8)])
        let rows = try Row.fetchCursor(statement)
        guard let row = try rows.next() else { return nil }
        return Record(key: key, value: try value(0, of: row, key), version: try version(1, of: row, key))
    }

    /// A column of ``SQLiteSchema/value``.
    static func value(_ column: Int, of row: Row, _ key: RecordKey) throws -> [UInt8] {
        guard !row.hasNull(atIndex: column) else { throw StorageError.corrupted(.record(key)) }
        return try bytes(column, of: row)
    }

    private static func version(_ column: Int, of row: Row, _ key: RecordKey) throws -> Int64 {
        guard let version = integer(column, of: row), version > 0 else {
            throw StorageError.corrupted(.record(key))
        }
        return version
    }

    /// A column that must hold an integer; nil when damage made something else of it.
    private static func integer(_ column: Int, of row: Row) -> Int64? {
        // SQLite checks types when it writes; in a damaged row there may be any.
        guard case .int64(let integer) = (row[column] as DatabaseValue).storage else { return nil }
        return integer
    }

    static func bytes(_ column: Int, of row: Row) throws -> [UInt8] {
        try row.withUnsafeData(atIndex: column) { data in data.map { [UInt8]($0) } ?? [] }
    }
}

/// The keys that a scan covers, as bounds that the primary key's index serves.
private struct SQLiteKeyRange: Sendable {
    private let lower: Data
    private let isLowerIncluded: Bool
    /// The first bytes behind all keys with the prefix; nil when the prefix is empty.
    private let upper: Data?

    init(prefix: String, after: String?) {
        if let after, !UTF8Order.precedes(after, prefix) {
            lower = Data(after.utf8)
            isLowerIncluded = false
        } else {
            lower = Data(prefix.utf8)
            isLowerIncluded = true
        }
        // No byte of UTF-8 is 0xFF, so the last one can always be raised.
        upper = prefix.utf8.last.map { last in Data(prefix.utf8.dropLast()) + [last + 1] }
    }

    var sql: String {
        """
        SELECT key, \(SQLiteSchema.value), version FROM records
        WHERE kind = ? AND key \(isLowerIncluded ? ">=" : ">") ifnull(?, x'')
            \(upper == nil ? "" : "AND key < ?")
        ORDER BY key LIMIT ?
        """
    }

    func arguments(kind: RecordKind, limit: Int) -> StatementArguments {
        if let upper { [kind.rawValue, lower, upper, limit] } else { [kind.rawValue, lower, limit] }
    }
}
