import Synchronization

/// A store in a PostgreSQL database, which several nodes may share.
///
/// A commit that returned is on the server's disk, and as safe as the server's replication makes it. Commits
/// that arrive while another is being written share the next transaction. When the server is lost, callers
/// wait up to two seconds for it; after that they are answered `.unavailable` at once until it is back.
package final class PostgreSQLStore: RecordStore {
    /// What an operator may set.
    package struct Options: Sendable {
        /// How many changes the feed keeps.
        package var changesKept: Int64 = 100_000
        /// The most connections a node has, beside those of backups: one writes, one listens, the rest read.
        package var connectionsMax = 8

        package init() {}
    }

    let address: PostgreSQLAddress
    let pool: PostgreSQLPool
    let witness = Mutex(FeedWitness())
    private let writer: PostgreSQLWriter
    let listener: PostgreSQLListener?

    /// Opens the store in a database, and makes its tables when there are none and `creating`.
    ///
    /// - Throws: `.unavailable` when the server cannot be reached or refuses, or the tables are of a newer
    ///   version or not there.
    package static func open(
        _ address: PostgreSQLAddress,
        options: Options = Options(),
        creating: Bool = true
    ) async throws(StorageError) -> PostgreSQLStore {
        let outage = PostgreSQLOutage()
        let pool = PostgreSQLPool(address, outage: outage, threadsMax: max(options.connectionsMax - 2, 1))
        do throws(StorageError) {
            let notifies = try await pool.perform { connection, deadline throws(PostgreSQLFailure) in
                try PostgreSQLSchema.prepare(connection, creating: creating, until: deadline)
                return try PostgreSQLListener.isSupported(by: connection, until: deadline)
            }
            return PostgreSQLStore(address, options, pool, outage, notifies: notifies)
        } catch {
            await pool.close()
            throw error
        }
    }

    private init(
        _ address: PostgreSQLAddress,
        _ options: Options,
        _ pool: PostgreSQLPool,
        _ outage: PostgreSQLOutage,
        notifies: Bool
    ) {
        self.address = address
        self.pool = pool
        writer = PostgreSQLWriter(
            address,
            outage: outage,
            changesKept: options.changesKept,
            notifies: notifies
        )
        listener = notifies ? PostgreSQLListener(address) : nil
    }

    package func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        try StorageLimits.check(
            batch,
            valueBytesMax: StorageLimits.valueBytesMax + StorageLimits.sealBytesMax
        )
        guard !pool.isClosed else { throw .closed }
        guard !batch.isEmpty else { return CommitResult(versions: []) }
        return try await writer.commit(batch)
    }

    package func awaitChange(after sequence: Int64, upTo longest: Duration) async {
        if let listener {
            await listener.awaitChange(after: sequence, upTo: longest)
        } else {
            await ChangePause.sleep(for: longest)
        }
    }

    package func close() async {
        await writer.close()
        await listener?.close()
        await pool.close()
    }
}
