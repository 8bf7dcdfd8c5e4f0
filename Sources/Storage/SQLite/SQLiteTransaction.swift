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

    /// Decides the whole batch before it writes any of it, so that a batch that is refused leaves nothing to
    /// take back: a savepoint for each would cost as much as its writes.
    private func run(_ batch: [Write], latest: inout Int64) throws -> Result<CommitResult, StorageError> {
        var steps: [Step] = []
        steps.reserveCapacity(batch.count)
        var sequence = latest
        // What the batch itself has made of its records so far.
        var touched: [RecordKey: Int64?] = [:]
        for write in batch {
            let key = Data(write.key.key.utf8)
            let known: Int64?
            if case .put(_, _, .any) = write {
                known = nil
            } else {
                known = try touched[write.key] ?? version(of: write.key, key)
            }
            guard write.expectation.isMet(by: known) else { return .failure(.conflict(write.key)) }
            var step = Step(write: write, key: key)
            switch write {
            case .put:
                sequence += 1
                step.sequence = sequence
                touched[write.key] = .some(sequence)
            case .delete where known != nil:
                sequence += 1
                step.sequence = sequence
                touched[write.key] = .some(nil)
            case .delete, .check: break
            }
            steps.append(step)
        }
        for step in steps { try carryOut(step) }
        latest = sequence
        return .success(CommitResult(versions: steps.map(\.sequence)))
    }

    /// A write whose expectation is met.
    private struct Step {
        let write: Write
        let key: Data
        /// The number of its change; nil when it changes nothing.
        var sequence: Int64?
    }

    private func carryOut(_ step: Step) throws {
        guard let sequence = step.sequence else { return }
        let kind = step.write.key.kind.rawValue
        let isDeletion: Bool
        if case .put(_, let value, _) = step.write {
            isDeletion = false
            let isLong = value.count > SQLiteSchema.inlineBytesMax
            if isLong {
                try execute("INSERT INTO long_values (version, value) VALUES (?, ?)", [sequence, Data(value)])
            }
            try execute(
                """
                INSERT INTO records (kind, key, value, version)
                VALUES (?, ifnull(?, x''), ifnull(?, x''), ?)
                ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, version = excluded.version
                """,
                [kind, step.key, isLong ? Data() : Data(value), sequence]
            )
        } else {
            isDeletion = true
            try execute("DELETE FROM records WHERE kind = ? AND key = ifnull(?, x'')", [kind, step.key])
        }
        try execute(
            "INSERT INTO changes (sequence, kind, key, deleted) VALUES (?, ?, ifnull(?, x''), ?)",
            [sequence, kind, step.key, isDeletion]
        )
    }

    private func version(of record: RecordKey, _ key: Data) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: "SELECT version FROM records WHERE kind = ? AND key = ifnull(?, x'')"
        )
        statement.setUncheckedArguments([record.kind.rawValue, key])
        let rows = try Row.fetchCursor(statement)
        guard let found = try rows.next() else { return nil }
        // SQLite checks types when it writes; in a damaged row there may be any.
        guard case .int64(let version) = (found[0] as DatabaseValue).storage, version > 0 else {
            throw StorageError.corrupted(.record(record))
        }
        return version
    }

    /// Never drops the latest change, from which the next one takes its number.
    private func trim(latest: Int64) throws {
        try execute("DELETE FROM changes WHERE sequence <= ?", [latest - max(changesKept, 1)])
    }

    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        let statement = try db.cachedStatement(sql: sql)
        // Checking how many there are prepares more than running the statement does.
        statement.setUncheckedArguments(arguments)
        try statement.execute()
    }
}
