import Cryptography
import Synchronization

extension PostgreSQLStore {
    package func read(_ key: RecordKey) async throws(StorageError) -> Record? {
        try StorageLimits.check(key)
        return try await pool.perform { connection, deadline throws(PostgreSQLFailure) in
            let rows = try connection.run(
                PostgreSQLStatement(
                    "SELECT value, version FROM strongroom_records WHERE kind = $1 AND key = $2",
                    [.text(key.kind.rawValue), .bytes(key.key.utf8)]
                ),
                until: deadline
            )
            guard rows.count > 0 else { return nil }
            return Record(key: key, value: try rows.bytes(0, 0), version: try rows.integer(0, 1))
        }
    }

    package func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        try StorageLimits.check(keys: keys)
        guard !keys.isEmpty else {
            if pool.isClosed { throw .closed }
            return []
        }
        return try await pool.perform { connection, deadline throws(PostgreSQLFailure) in
            // One statement, and so one snapshot.
            let rows = try connection.run(
                PostgreSQLStatement(
                    """
                    SELECT wanted.position, record.value, record.version
                    FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS wanted (kind, key, position)
                    JOIN strongroom_records AS record
                        ON record.kind = wanted.kind AND record.key = wanted.key
                    """,
                    [.texts(keys.map(\.kind.rawValue)), .byteStrings(keys.map { Array($0.key.utf8) })]
                ),
                until: deadline
            )
            var records = [Record?](repeating: nil, count: keys.count)
            for row in 0..<rows.count {
                let position = Int(try rows.integer(row, 0)) - 1
                guard keys.indices.contains(position) else { throw .unreadable("a record nobody asked for") }
                records[position] = Record(
                    key: keys[position],
                    value: try rows.bytes(row, 1),
                    version: try rows.integer(row, 2)
                )
            }
            return records
        }
    }

    package func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try StorageLimits.check(page: limit)
        let statement = Self.scan(kind, prefix: prefix, after: after, limit: limit)
        return try await pool.perform { connection, deadline throws(PostgreSQLFailure) in
            let rows = try connection.run(statement, until: deadline)
            var records: [Record] = []
            records.reserveCapacity(rows.count)
            for row in 0..<rows.count {
                records.append(
                    Record(
                        key: RecordKey(kind, try rows.text(row, 0)),
                        value: try rows.bytes(row, 1),
                        version: try rows.integer(row, 2)
                    )
                )
            }
            return records
        }
    }

    /// The keys that a scan covers, as bounds that the primary key's index serves.
    private static func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) -> PostgreSQLStatement {
        var values: [PostgreSQLValue] = [.text(kind.rawValue)]
        var conditions = ["kind = $1"]
        if let after, !UTF8Order.precedes(after, prefix) {
            values.append(.bytes(after.utf8))
            conditions.append("key > $2")
        } else {
            values.append(.bytes(prefix.utf8))
            conditions.append("key >= $2")
        }
        // No byte of UTF-8 is 0xFF, so the last one can always be raised.
        if let last = prefix.utf8.last {
            values.append(.bytes(prefix.utf8.dropLast() + [last + 1]))
            conditions.append("key < $3")
        }
        values.append(.integer(Int64(limit)))
        return PostgreSQLStatement(
            """
            SELECT key, value, version FROM strongroom_records
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY key LIMIT $\(values.count)
            """,
            values
        )
    }
}

// MARK: Feed

extension PostgreSQLStore {
    package func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change] {
        try StorageLimits.check(page: limit)
        // Ahead of others: what is cached is only as good as the feed is fresh.
        let page = try await pool.perform(urgently: true) { connection, deadline throws(PostgreSQLFailure) in
            try Self.page(from: sequence, limit: limit, connection, until: deadline)
        }
        let isSameFeed = witness.withLock { $0.confirms(page, after: sequence) }
        guard isSameFeed else { throw .changesTrimmed(oldest: page.latest + 1) }
        // Numbers have no gaps, so one at the beginning means that changes were trimmed.
        if let oldest = page.changes.first?.sequence, oldest > max(sequence, 0) + 1 {
            throw .changesTrimmed(oldest: oldest)
        }
        return page.changes
    }

    package func latestChange() async throws(StorageError) -> Int64 {
        try await pool.perform(urgently: true) { connection, deadline throws(PostgreSQLFailure) in
            try Self.latestChange(connection, until: deadline)
        }
    }

    private static func latestChange(
        _ connection: PostgreSQLConnection,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> Int64 {
        let statement = PostgreSQLStatement("SELECT latest FROM strongroom_feed WHERE id = 1")
        return try connection.run(statement, until: deadline).integer(0, 0)
    }

    /// The changes from `sequence` on; the change of that number, if it is still there, stands apart.
    private static func page(
        from sequence: Int64,
        limit: Int,
        _ connection: PostgreSQLConnection,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> FeedPage {
        let rows = try connection.run(
            PostgreSQLStatement(
                """
                SELECT sequence, kind, key, deleted, stamp FROM strongroom_changes
                WHERE sequence >= $1 ORDER BY sequence LIMIT $2
                """,
                [.integer(sequence), .integer(Int64(limit) + 1)]
            ),
            until: deadline
        )
        var page = FeedPage()
        for row in 0..<rows.count {
            let number = try rows.integer(row, 0)
            let stamp = try rows.integer(row, 4)
            if number == sequence {
                page.stampOfPosition = stamp
                page.latest = number
                continue
            }
            guard page.changes.count < limit else { break }
            let key = RecordKey(RecordKind(try rows.text(row, 1)), try rows.text(row, 2))
            page.changes.append(Change(sequence: number, key: key, deleted: try rows.boolean(row, 3)))
            page.stampOfLast = stamp
            page.latest = number
        }
        if rows.count == 0 { page.latest = try latestChange(connection, until: deadline) }
        return page
    }
}

/// A page of the feed, with what tells one feed from another.
struct FeedPage: Sendable {
    var changes: [Change] = []
    /// The stamp of the change after which the page begins; nil when it is not there.
    var stampOfPosition: Int64?
    /// The stamp of the page's last change.
    var stampOfLast: Int64?
    /// The highest number seen; the feed's own when the page is empty.
    var latest: Int64 = 0
}

/// Remembers the last change that was handed out, to tell when the database lost it.
///
/// A server that fails over to a standby which had not everything, or is restored from a backup, counts on
/// from an earlier number. Whoever followed the feed would then wait for numbers that mean other changes.
struct FeedWitness: Sendable {
    private var sequence: Int64 = 0
    private var stamp: Int64 = 0

    /// Whether a page goes on from the change that was handed out last, and not from one that took its number.
    ///
    /// Pages that begin elsewhere are not judged; after a refusal the next page starts anew.
    mutating func confirms(_ page: FeedPage, after position: Int64) -> Bool {
        if position == sequence, position > 0 {
            let isLost =
                page.stampOfPosition.map { $0 != stamp } ?? (page.changes.isEmpty && page.latest < position)
            if isLost {
                self = FeedWitness()
                return false
            }
        }
        if let last = page.changes.last, let stampOfLast = page.stampOfLast {
            sequence = last.sequence
            stamp = stampOfLast
        } else if let stampOfPosition = page.stampOfPosition {
            sequence = position
            stamp = stampOfPosition
        }
        return true
    }
}
