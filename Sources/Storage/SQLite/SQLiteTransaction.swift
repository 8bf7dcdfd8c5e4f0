import Foundation
import GRDB

/// One transaction that holds several callers' batches, each of which succeeds or fails by itself.
struct SQLiteTransaction {
    let db: Database
    let changesKept: Int64

    /// Old changes are dropped once for so many new ones, not at every commit.
    private static let trimInterval: Int64 = 1000

    /// Writes the batches in order and brings them to the disk.
    ///
    /// - Returns: For each batch its result, or the conflict for which it left nothing behind.
    /// - Throws: SQLite's error, when none of the batches was written.
    func run(_ batches: [[Write]]) throws -> [Result<CommitResult, StorageError>] {
        var outcomes: [Result<CommitResult, StorageError>] = []
        outcomes.reserveCapacity(batches.count)
        // Immediate, so that no other process writes between our look at a version and our write.
        try db.inTransaction(.immediate) {
            let before = try Self.latestChange(in: db)
            var latest = before
            for batch in batches { outcomes.append(try run(batch, latest: &latest)) }
            if before / Self.trimInterval != latest / Self.trimInterval { try trim(latest: latest) }
            return .commit
        }
        return outcomes
    }

    static func latestChange(in db: Database) throws -> Int64 {
        let latest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(sequence) FROM changes")) ?? 0
        guard (0...latestMax).contains(latest) else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT,
                message: "\(latest) is not the number of a change"
            )
        }
        return latest
    }

    /// No store makes so many changes; a larger number is damage, and counting on from it would end.
    private static let latestMax = Int64.max / 2

    private func run(_ batch: [Write], latest: inout Int64) throws -> Result<CommitResult, StorageError> {
        var versions: [Int64?] = []
        var sequence = latest
        var conflict: RecordKey?
        try db.inSavepoint {
            for write in batch {
                guard let version = try run(write, sequence: &sequence) else {
                    conflict = write.key
                    return .rollback
                }
                versions.append(version.given)
            }
            return .commit
        }
        if let conflict { return .failure(.conflict(conflict)) }
        latest = sequence
        return .success(CommitResult(versions: versions))
    }

    private struct Version {
        /// Nil when the write changed nothing.
        let given: Int64?
    }

    /// Does one write; nil when its expectation is not met.
    private func run(_ write: Write, sequence: inout Int64) throws -> Version? {
        let key = Data(write.key.key.utf8)
        let known: Int64?
        if case .put(_, _, .any) = write { known = nil } else { known = try version(of: write.key, key) }
        guard write.expectation.isMet(by: known) else { return nil }
        switch write {
        case .put(_, let value, _):
            sequence += 1
            try execute(
                """
                INSERT INTO records (kind, key, value, version)
                VALUES (?, ifnull(?, x''), ifnull(?, x''), ?)
                ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, version = excluded.version
                """,
                [write.key.kind.rawValue, key, Data(value), sequence]
            )
            try note(write.key, key, sequence: sequence, deleted: false)
        case .delete where known != nil:
            sequence += 1
            try execute(
                "DELETE FROM records WHERE kind = ? AND key = ifnull(?, x'')",
                [write.key.kind.rawValue, key]
            )
            try note(write.key, key, sequence: sequence, deleted: true)
        case .delete, .check:
            return Version(given: nil)
        }
        return Version(given: sequence)
    }

    private func version(of record: RecordKey, _ key: Data) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: "SELECT version FROM records WHERE kind = ? AND key = ifnull(?, x'')"
        )
        guard let found = try Row.fetchOne(statement, arguments: [record.kind.rawValue, key]) else {
            return nil
        }
        // SQLite checks types when it writes; in a damaged row there may be any.
        guard case .int64(let version) = (found[0] as DatabaseValue).storage, version > 0 else {
            throw StorageError.corrupted(.record(record))
        }
        return version
    }

    private func note(_ record: RecordKey, _ key: Data, sequence: Int64, deleted: Bool) throws {
        try execute(
            "INSERT INTO changes (sequence, kind, key, deleted) VALUES (?, ?, ifnull(?, x''), ?)",
            [sequence, record.kind.rawValue, key, deleted]
        )
    }

    /// Never drops the latest change, from which the next one takes its number.
    private func trim(latest: Int64) throws {
        try execute("DELETE FROM changes WHERE sequence <= ?", [latest - max(changesKept, 1)])
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
