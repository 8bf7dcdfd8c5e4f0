import GRDB

/// One transaction that holds several callers' batches, each of which succeeds or fails by itself.
struct SQLiteTransaction {
    let db: Database
    let changesKept: Int64

    /// Old changes are dropped once for so many new ones, not at every commit.
    private static let trimInterval: Int64 = 1000

    /// What a transaction that is on the disk has done.
    struct Written {
        /// For each batch its result, or the conflict for which it left nothing behind.
        var outcomes: [Result<CommitResult, StorageError>] = []
        /// The number of the latest change before it.
        var before: Int64 = 0
        /// All that it has changed, in order.
        var changes: [Change] = []
    }

    /// Writes the batches in order and brings them to the disk.
    ///
    /// - Throws: SQLite's error, when none of the batches was written.
    func run(_ batches: [[Write]]) throws -> Written {
        var written = Written()
        written.outcomes.reserveCapacity(batches.count)
        written.changes.reserveCapacity(batches.reduce(0) { $0 + $1.count })
        // Immediate, so that no other process writes between our look at a version and our write.
        try db.inTransaction(.immediate) {
            let statements = try Statements(db)
            written.before = try Self.latestChange(in: db)
            for batch in batches { written.outcomes.append(try run(batch, in: &written, statements)) }
            if written.before / Self.trimInterval != written.latest / Self.trimInterval {
                try trim(latest: written.latest)
            }
            return .commit
        }
        return written
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
    ///
    /// When only the first write asks anything, and that there be no such record, its own insertion decides.
    private func run(
        _ batch: [Write],
        in written: inout Written,
        _ statements: Statements
    ) throws -> Result<CommitResult, StorageError> {
        var steps: [Step] = []
        steps.reserveCapacity(batch.count)
        var sequence = written.latest
        // What the batch itself has made of its records so far, which most batches never ask.
        var touched: [RecordKey: Int64?] = [:]
        let isTouchedAsked = batch.dropFirst().contains(where: \.asksForVersion)
        let isDecidedByInsertion = !isTouchedAsked && batch.first?.isOfNewRecord == true
        for write in batch {
            let known =
                write.asksForVersion && !isDecidedByInsertion
                ? try touched[write.key] ?? statements.version(of: write.key) : nil
            guard write.expectation.isMet(by: known) else { return .failure(.conflict(write.key)) }
            var step = Step(write: write)
            switch write {
            case .put:
                sequence += 1
                step.sequence = sequence
                if isTouchedAsked { touched[write.key] = .some(sequence) }
            case .delete where known != nil:
                sequence += 1
                step.sequence = sequence
                if isTouchedAsked { touched[write.key] = .some(nil) }
            case .delete, .check: break
            }
            steps.append(step)
        }
        for (index, step) in steps.enumerated() {
            let isDeciding = index == 0 && isDecidedByInsertion
            guard try carryOut(step, statements, isDeciding: isDeciding) else {
                return .failure(.conflict(step.write.key))
            }
        }
        for step in steps { if let change = step.change { written.changes.append(change) } }
        return .success(CommitResult(versions: steps.map(\.sequence)))
    }

    /// A write whose expectation is met.
    private struct Step {
        let write: Write
        /// The number of its change; nil when it changes nothing.
        var sequence: Int64?

        var change: Change? {
            sequence.map { Change(sequence: $0, key: write.key, deleted: write.isDeletion) }
        }
    }

    /// False when it was to decide by itself whether its record is new, and it is not: then nothing was done.
    private func carryOut(_ step: Step, _ statements: Statements, isDeciding: Bool) throws -> Bool {
        guard let change = step.change else { return true }
        let (record, sequence) = (change.key, change.sequence)
        if case .put(_, let value, _) = step.write {
            let liesApart = SQLiteSchema.liesApart(value)
            let short = liesApart ? SQLiteSchema.apart : value
            if step.write.replacesRecord {
                try statements.put(record, value: short, version: sequence)
            } else if !(try statements.insert(record, value: short, version: sequence)) {
                guard !isDeciding else { return false }
                try statements.put(record, value: short, version: sequence)
            }
            if liesApart { try statements.putLongValue(value, version: sequence) }
        } else {
            try statements.delete(record)
        }
        try statements.note(change)
        return true
    }

    /// Never drops the latest change, from which the next one takes its number.
    private func trim(latest: Int64) throws {
        let statement = try db.cachedStatement(sql: "DELETE FROM changes WHERE sequence <= ?")
        statement.setUncheckedArguments([latest - max(changesKept, 1)])
        try statement.execute()
    }
}

extension SQLiteTransaction.Written {
    /// The number of the latest change so far.
    fileprivate var latest: Int64 { changes.last?.sequence ?? before }
}

extension Write {
    /// Whether what is done depends on the version that the record has.
    fileprivate var asksForVersion: Bool {
        if case .put(_, _, .any) = self { false } else { true }
    }

    /// Whether the record that is put is known to be there.
    fileprivate var replacesRecord: Bool {
        if case .put(_, _, .version) = self { true } else { false }
    }

    fileprivate var isDeletion: Bool {
        if case .delete = self { true } else { false }
    }

    fileprivate var isOfNewRecord: Bool {
        if case .put(_, _, .absent) = self { true } else { false }
    }
}

/// What a transaction does to one record.
private struct Statements {
    private let version: WriteStatement
    private let putLongValue: WriteStatement
    private let put: WriteStatement
    private let insert: WriteStatement
    private let delete: WriteStatement
    private let noteChange: WriteStatement

    init(_ db: Database) throws {
        version = try WriteStatement(
            "SELECT version FROM records WHERE kind = ? AND key = ifnull(?, x'')",
            in: db
        )
        putLongValue = try WriteStatement("INSERT INTO long_values (version, value) VALUES (?, ?)", in: db)
        put = try WriteStatement(
            """
            INSERT INTO records (kind, key, value, version)
            VALUES (?, ifnull(?, x''), ifnull(?, x''), ?)
            ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value, version = excluded.version
            """,
            in: db
        )
        insert = try WriteStatement(
            """
            INSERT INTO records (kind, key, value, version)
            VALUES (?, ifnull(?, x''), ifnull(?, x''), ?)
            ON CONFLICT (kind, key) DO NOTHING
            """,
            in: db
        )
        delete = try WriteStatement("DELETE FROM records WHERE kind = ? AND key = ifnull(?, x'')", in: db)
        noteChange = try WriteStatement(
            "INSERT INTO changes (sequence, kind, key, deleted) VALUES (?, ?, ifnull(?, x''), ?)",
            in: db
        )
    }

    func version(of record: RecordKey) throws -> Int64? {
        try version.bind(record.kind.rawValue, at: 1)
        try version.bind(bytesOf: record.key, at: 2)
        switch try version.integer() {
        case .nothing: return nil
        case .integer(let number) where number > 0: return number
        case .integer, .damaged: throw StorageError.corrupted(.record(record))
        }
    }

    func putLongValue(_ value: [UInt8], version: Int64) throws {
        try putLongValue.bind(version, at: 1)
        try putLongValue.bind(value, at: 2)
        try putLongValue.run()
    }

    /// Replaces a record, or inserts it at several times the cost of ``insert(_:value:version:)``: because of the triggers
    /// on what it may replace, SQLite copies each page that it changes to a journal of 64 KiB of its own.
    func put(_ record: RecordKey, value: [UInt8], version: Int64) throws {
        try Self.bind(record, value, version, to: put)
        try put.run()
    }

    /// False when there is such a record already, which stays as it is.
    func insert(_ record: RecordKey, value: [UInt8], version: Int64) throws -> Bool {
        try Self.bind(record, value, version, to: insert)
        try insert.run()
        return insert.rowsChanged > 0
    }

    private static func bind(
        _ record: RecordKey,
        _ value: [UInt8],
        _ version: Int64,
        to statement: WriteStatement
    ) throws {
        try statement.bind(record.kind.rawValue, at: 1)
        try statement.bind(bytesOf: record.key, at: 2)
        try statement.bind(value, at: 3)
        try statement.bind(version, at: 4)
    }

    func delete(_ record: RecordKey) throws {
        try delete.bind(record.kind.rawValue, at: 1)
        try delete.bind(bytesOf: record.key, at: 2)
        try delete.run()
    }

    func note(_ change: Change) throws {
        try noteChange.bind(change.sequence, at: 1)
        try noteChange.bind(change.key.kind.rawValue, at: 2)
        try noteChange.bind(bytesOf: change.key.key, at: 3)
        try noteChange.bind(change.deleted ? 1 : 0, at: 4)
        try noteChange.run()
    }
}
