import Foundation
import Synchronization

extension PostgreSQLStore: SnapshottingStore {
    /// Opens a snapshot on a connection of its own, beside the pool.
    package func snapshot() async throws(StorageError) -> any RecordSnapshot {
        guard !pool.isClosed else { throw .closed }
        let snapshot = PostgreSQLSnapshot(address)
        try await snapshot.open()
        return snapshot
    }
}

/// A transaction that only reads, on a connection of its own.
///
/// It keeps nobody waiting, but while it is open the server keeps what is overwritten meanwhile.
///
/// Unchecked: connection and position are touched on the serial queue alone.
final class PostgreSQLSnapshot: RecordSnapshot, @unchecked Sendable {
    /// The longest that a page may take.
    private static let patience = Duration.seconds(60)
    /// A page ends behind the record that reaches so many bytes, so that large values do not fill the memory.
    private static let pageBytesMax: Int64 = 4 << 20

    private let address: PostgreSQLAddress
    private let queue = DispatchQueue(label: "strongroom.postgresql.snapshot")
    private var connection: PostgreSQLConnection?
    private var position: RecordKey?
    private let isClosed = Atomic<Bool>(false)

    init(_ address: PostgreSQLAddress) { self.address = address }

    func open() async throws(StorageError) {
        try await onQueue { snapshot throws(PostgreSQLFailure) in
            let deadline = ContinuousClock.now + PostgreSQLPool.patience
            let connection = try PostgreSQLSession.connect(to: snapshot.address, until: deadline)
            try connection.run(
                [
                    PostgreSQLStatement("SELECT set_config('statement_timeout', '0', false)"),
                    // Whoever reads may take its time between two pages.
                    PostgreSQLStatement(
                        "SELECT set_config('idle_in_transaction_session_timeout', '0', false)"
                    ),
                ],
                until: deadline
            )
            try connection.run(
                [
                    PostgreSQLStatement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                    // The first statement, not the beginning, decides the moment.
                    PostgreSQLStatement("SELECT latest FROM strongroom_feed WHERE id = 1"),
                ],
                until: deadline
            )
            snapshot.connection = connection
        }
    }

    func next(limit: Int) async throws(StorageError) -> [Record] {
        try StorageLimits.check(page: limit)
        guard !isClosed.load(ordering: .relaxed) else { throw .closed }
        return try await onQueue { snapshot throws(PostgreSQLFailure) in
            guard let connection = snapshot.connection else { throw .lost("the snapshot is gone") }
            let rows = try connection.run(
                Self.page(after: snapshot.position, limit: limit),
                until: .now + Self.patience
            )
            var records: [Record] = []
            records.reserveCapacity(rows.count)
            for row in 0..<rows.count {
                let key = RecordKey(RecordKind(try rows.text(row, 0)), try rows.text(row, 1))
                let (value, version) = (try rows.bytes(row, 2), try rows.integer(row, 3))
                records.append(Record(key: key, value: value, version: version))
            }
            snapshot.position = records.last?.key ?? snapshot.position
            return records
        }
    }

    func close() async {
        isClosed.store(true, ordering: .relaxed)
        await withCheckedContinuation { caller in
            queue.async {
                // Ending the connection ends its transaction.
                self.connection = nil
                caller.resume()
            }
        }
    }

    private static func page(after position: RecordKey?, limit: Int) -> PostgreSQLStatement {
        var values: [PostgreSQLValue] = [.integer(Int64(limit)), .integer(pageBytesMax)]
        var condition = ""
        if let position {
            values += [.text(position.kind.rawValue), .bytes(position.key.utf8)]
            condition = "WHERE (kind, key) > ($3, $4)"
        }
        return PostgreSQLStatement(
            """
            SELECT kind, key, value, version FROM (
                SELECT kind, key, value, version,
                    sum(length(value)) OVER (ORDER BY kind, key) - length(value) AS bytes_before
                FROM (
                    SELECT kind, key, value, version FROM strongroom_records
                    \(condition) ORDER BY kind, key LIMIT $1
                ) AS next
            ) AS page
            WHERE bytes_before < $2 ORDER BY kind, key
            """,
            values
        )
    }

    private func onQueue<Outcome: Sendable>(
        _ body: @escaping @Sendable (PostgreSQLSnapshot) throws(PostgreSQLFailure) -> Outcome
    ) async throws(StorageError) -> Outcome {
        let outcome: Result<Outcome, StorageError> = await withCheckedContinuation { caller in
            queue.async {
                do throws(PostgreSQLFailure) {
                    caller.resume(returning: .success(try body(self)))
                } catch {
                    caller.resume(returning: .failure(StorageError(error, of: self.address)))
                }
            }
        }
        return try outcome.get()
    }
}
