/// One transaction that holds several callers' batches, each of which succeeds or fails by itself.
///
/// Two round trips, however many batches there are. The first takes the lock on the feed's only row, which
/// every writer of every node needs, and reads the versions of the records concerned. What is met and what is
/// not is then decided here, since nobody else can write. The second writes what is left, and commits. The
/// lock makes the feed ascending and without gaps: number N + 1 is given only when N can be seen.
struct PostgreSQLTransaction {
    let connection: PostgreSQLConnection
    let changesKept: Int64
    let notifies: Bool
    let deadline: ContinuousClock.Instant

    /// Old changes are dropped once for so many new ones, not at every commit.
    private static let trimInterval: Int64 = 1000
    /// A statement carries about so many bytes of values; PostgreSQL takes up to 1 GB.
    private static let statementBytesMax = 8 << 20

    /// Writes the batches in order and brings them to the server's disk.
    ///
    /// - Returns: For each batch its result, or the conflict for which it left nothing behind.
    /// - Throws: `.uncertain` when all of it may have been written; nothing was after any other failure.
    func run(
        _ batches: [[Write]]
    ) throws(PostgreSQLFailure) -> [Result<CommitResult, StorageError>] {
        var plan = try begin(batches)
        let before = plan.latest
        let outcomes = batches.map { plan.apply($0) }
        guard plan.latest > before else {
            try connection.run(PostgreSQLStatement("ROLLBACK"), until: deadline)
            return outcomes
        }
        do throws(PostgreSQLFailure) {
            try connection.run(statements(of: plan, before: before), until: deadline)
        } catch {
            guard case .lost(let reason) = error else { throw error }
            throw .uncertain(reason)
        }
        return outcomes
    }

    private func begin(_ batches: [[Write]]) throws(PostgreSQLFailure) -> PostgreSQLPlan {
        var keys: [RecordKey] = []
        var seen: Set<RecordKey> = []
        for batch in batches {
            for write in batch where seen.insert(write.key).inserted { keys.append(write.key) }
        }
        let answers = try connection.run(
            [
                PostgreSQLStatement("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"),
                PostgreSQLStatement("SELECT latest FROM strongroom_feed WHERE id = 1 FOR UPDATE"),
                PostgreSQLStatement(
                    """
                    SELECT wanted.position, record.version
                    FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS wanted (kind, key, position)
                    JOIN strongroom_records AS record
                        ON record.kind = wanted.kind AND record.key = wanted.key
                    """,
                    [
                        .texts(keys.map(\.kind.rawValue)), .byteStrings(keys.map { Array($0.key.utf8) }),
                    ]
                ),
            ],
            until: deadline
        )
        guard answers.count == 3, answers[1].count == 1 else {
            throw .unreadable("the row that counts changes is missing")
        }
        var plan = PostgreSQLPlan(latest: try answers[1].integer(0, 0))
        for row in 0..<answers[2].count {
            let position = Int(try answers[2].integer(row, 0)) - 1
            guard keys.indices.contains(position) else { throw .unreadable("a record nobody asked for") }
            plan.versions[keys[position]] = try answers[2].integer(row, 1)
        }
        return plan
    }

    private func statements(of plan: PostgreSQLPlan, before: Int64) -> [PostgreSQLStatement] {
        var statements = puts(of: plan) + deletions(of: plan)
        let changes = plan.changes
        statements.append(
            PostgreSQLStatement(
                """
                INSERT INTO strongroom_changes (sequence, kind, key, deleted, stamp)
                SELECT sequence, kind, key, deleted, $5
                FROM unnest($1::int8[], $2::text[], $3::bytea[], $4::bool[])
                    AS new (sequence, kind, key, deleted)
                """,
                [
                    .integers(changes.map(\.sequence)), .texts(changes.map(\.key.kind.rawValue)),
                    .byteStrings(changes.map { Array($0.key.key.utf8) }),
                    .booleans(changes.map(\.deleted)), .integer(.random(in: .min ... .max)),
                ]
            )
        )
        statements.append(
            PostgreSQLStatement(
                "UPDATE strongroom_feed SET latest = $1 WHERE id = 1",
                [.integer(plan.latest)]
            )
        )
        if before / Self.trimInterval != plan.latest / Self.trimInterval {
            // Never the latest change, from which a follower knows where it is.
            statements.append(
                PostgreSQLStatement(
                    "DELETE FROM strongroom_changes WHERE sequence <= $1",
                    [.integer(plan.latest - max(changesKept, 1))]
                )
            )
        }
        if notifies {
            statements.append(
                PostgreSQLStatement(
                    "SELECT pg_notify($1, current_schema() || ' ' || $2)",
                    [.text(PostgreSQLListener.channel), .text(String(plan.latest))]
                )
            )
        }
        return statements + [PostgreSQLStatement("COMMIT")]
    }

    private func puts(of plan: PostgreSQLPlan) -> [PostgreSQLStatement] {
        var statements: [PostgreSQLStatement] = []
        var rest = plan.puts[...]
        while !rest.isEmpty {
            var bytes = 0
            let chunk = rest.prefix { put in
                defer { bytes += put.value.count }
                return bytes < Self.statementBytesMax
            }
            rest = rest.dropFirst(chunk.count)
            statements.append(
                PostgreSQLStatement(
                    """
                    INSERT INTO strongroom_records (kind, key, value, version)
                    SELECT kind, key, value, version
                    FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::int8[])
                        AS new (kind, key, value, version)
                    ON CONFLICT (kind, key) DO UPDATE
                        SET value = excluded.value, version = excluded.version
                    """,
                    [
                        .texts(chunk.map(\.key.kind.rawValue)),
                        .byteStrings(chunk.map { Array($0.key.key.utf8) }),
                        .byteStrings(chunk.map(\.value)), .integers(chunk.map(\.version)),
                    ]
                )
            )
        }
        return statements
    }

    private func deletions(of plan: PostgreSQLPlan) -> [PostgreSQLStatement] {
        let keys = plan.deletions
        guard !keys.isEmpty else { return [] }
        return [
            PostgreSQLStatement(
                """
                DELETE FROM strongroom_records AS record
                USING unnest($1::text[], $2::bytea[]) AS gone (kind, key)
                WHERE record.kind = gone.kind AND record.key = gone.key
                """,
                [.texts(keys.map(\.kind.rawValue)), .byteStrings(keys.map { Array($0.key.utf8) })]
            )
        ]
    }
}

/// What a transaction will have done, worked out from the versions that it found.
struct PostgreSQLPlan {
    struct Put {
        let key: RecordKey
        let value: [UInt8]
        let version: Int64
    }

    /// The number of the last change.
    private(set) var latest: Int64
    /// The versions of the records that there are, among those the batches name.
    var versions: [RecordKey: Int64] = [:]
    private(set) var changes: [Change] = []
    /// The last word on each record that changes.
    private var results: [RecordKey: Outcome] = [:]

    private enum Outcome {
        case put(Put)
        case deletion
    }

    init(latest: Int64) { self.latest = latest }

    /// Does a batch's writes in their order, or none of them.
    mutating func apply(_ batch: [Write]) -> Result<CommitResult, StorageError> {
        let (start, changesBefore) = (latest, changes.count)
        var given: [Int64?] = []
        var undone: [Before] = []
        for write in batch {
            let known = versions[write.key]
            guard write.expectation.isMet(by: known) else {
                for before in undone.reversed() {
                    versions[before.key] = before.version
                    results[before.key] = before.result
                }
                latest = start
                changes.removeLast(changes.count - changesBefore)
                return .failure(.conflict(write.key))
            }
            let value: [UInt8]?
            switch write {
            case .put(_, let new, _): value = new
            case .delete where known != nil: value = nil
            case .delete, .check:
                given.append(nil)
                continue
            }
            undone.append(Before(key: write.key, version: known, result: results[write.key]))
            given.append(note(write.key, value))
        }
        return .success(CommitResult(versions: given))
    }

    /// What was known of a record before a write.
    private struct Before {
        let key: RecordKey
        let version: Int64?
        let result: Outcome?
    }

    private mutating func note(_ key: RecordKey, _ value: [UInt8]?) -> Int64 {
        latest += 1
        versions[key] = value == nil ? nil : latest
        results[key] = value.map { .put(Put(key: key, value: $0, version: latest)) } ?? .deletion
        changes.append(Change(sequence: latest, key: key, deleted: value == nil))
        return latest
    }

    /// The records to write, oldest first.
    var puts: [Put] {
        results.values.compactMap { if case .put(let put) = $0 { put } else { nil } }
            .sorted { $0.version < $1.version }
    }

    var deletions: [RecordKey] {
        results.compactMap { if case .deletion = $0.value { $0.key } else { nil } }
    }
}
