import Cryptography
import GRDB
import Glibc

/// A store in one SQLite file, for a server of one node.
///
/// Write-ahead log with `synchronous=FULL`: a commit that returned is on the disk. Commits that arrive while
/// another is being brought to the disk share the next transaction. Other processes may open the file at the
/// same time; each waits up to ten seconds for another's write.
package final class SQLiteStore: RecordStore {
    /// What an operator may set.
    package struct Options: Sendable {
        /// How many changes the feed keeps.
        package var changesKept: Int64 = 100_000
        /// The largest size of the file, in pages of 4 KiB; nil for no limit but the disk's.
        package var pagesMax: Int?

        package init() {}
    }

    /// What the writer keeps of the file.
    ///
    /// Most keys are in no order, so each new record changes another page, and SQLite's default of 2 MiB has it read
    /// most of them again.
    private static let writerCacheKibibytes = 8 << 10
    /// What each connection that only reads keeps of it: records are read once and then kept above, and the pages above
    /// them come from the system's file cache as fast.
    private static let readerCacheKibibytes = 512
    /// Some 3 MiB at most, and more than come between two looks at the feed.
    private static let recentChangesMax: Int64 = 16_384

    package let path: String
    let database: DatabasePool
    private let writer: SQLiteWriter
    let recent: RecentChanges
    let checkpointer: SQLiteCheckpointer

    /// Opens the store in a file, and makes the file with mode 0600 when there is none.
    ///
    /// - Throws: `.unavailable` when the file cannot be opened or is of a newer version, `.corrupted` when
    ///   it is no store, was cut off, or its log does not hold what was committed.
    package init(path: String, options: Options = Options()) throws(StorageError) {
        try Self.createFile(at: path)
        try WriteAheadLog(of: path).check()
        try DatabaseFile(at: path).check()
        GatheredLog.install()
        do {
            let database = try Self.openPool(at: path)
            let checkpointer = try SQLiteCheckpointer(path: path, configuration: Self.configuration)
            // GRDB sets NORMAL when it opens a write-ahead log; that may lose commits at a power loss.
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.execute(sql: "PRAGMA cache_size = -\(Self.writerCacheKibibytes)")
                if let pages = options.pagesMax {
                    try db.execute(sql: "PRAGMA max_page_count = \(pages)")
                }
                checkpointer.attach(to: db)
            }
            self.database = database
            self.checkpointer = checkpointer
        } catch {
            throw StorageError(error, path: path)
        }
        self.path = path
        // Never one that the feed has dropped.
        recent = RecentChanges(countMax: Int(min(Self.recentChangesMax, max(1, options.changesKept))))
        writer = SQLiteWriter(
            database: database,
            checkpointer: checkpointer,
            path: path,
            changesKept: options.changesKept,
            recent: recent
        )
        try SQLiteSchema.prepare(database, path: path)
    }

    package func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        try StorageLimits.check(
            batch,
            valueBytesMax: StorageLimits.valueBytesMax + StorageLimits.sealBytesMax
        )
        return try await writer.commit(batch)
    }

    package func close() async {
        guard writer.stopAccepting() else { return }
        do {
            // The writer's queue is served in order: behind this barrier nothing runs any more.
            try await database.barrierWriteWithoutTransaction { _ in }
            try checkpointer.close()
            // The last connection folds the log into the file, which one that only reads cannot.
            database.invalidateReadOnlyConnections()
            try database.close()
        } catch {
            // Only a reader that slipped in keeps a connection open; it ends with its statement.
            database.interrupt()
        }
    }

    /// Looks through the whole file for damage; takes as long as reading it.
    ///
    /// - Throws: `.corrupted` with what SQLite found first.
    package func verify() async throws(StorageError) {
        let finding = try await reading { db in
            try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
        }
        guard finding == "ok" else {
            throw .corrupted(.file(path: path, reason: finding ?? "the check gave no answer"))
        }
    }

    /// Runs one statement, or several in one snapshot when they say so themselves, off the caller's thread.
    func reading<Outcome: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Outcome
    ) async throws(StorageError) -> Outcome {
        guard !writer.isClosed else { throw .closed }
        do {
            return try await database.unsafeRead(body)
        } catch {
            throw failure(error)
        }
    }

    func failure(_ error: any Error) -> StorageError {
        writer.isClosed ? .closed : StorageError(error, path: path)
    }

    var isClosed: Bool { writer.isClosed }

    /// Two processes that open a new file at once may each keep the other from turning its log on; SQLite then
    /// does not wait, as it does for a lock, but says at once that the file is busy.
    private static func openPool(at path: String) throws -> DatabasePool {
        let deadline = ContinuousClock.now + .seconds(busySeconds)
        while true {
            do {
                return try DatabasePool(path: path, configuration: configuration)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                guard ContinuousClock.now < deadline else { throw error }
                // So rare and so short that the caller's thread may wait.
                usleep(UInt32.random(in: 1000...20_000))
            }
        }
    }

    /// How long another process's write is waited for.
    private static let busySeconds = 10

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "strongroom.store"
        configuration.busyMode = .timeout(Double(busySeconds))
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // A page whose cells do not fit into it is refused when it is read, not when it misleads.
            try db.execute(sql: "PRAGMA cell_size_check = ON")
            if db.configuration.readonly {
                try db.execute(sql: "PRAGMA cache_size = -\(readerCacheKibibytes)")
            }
        }
        return configuration
    }

    /// SQLite would make the file readable to all; its log and index files take over the file's mode.
    private static func createFile(at path: String) throws(StorageError) {
        do throws(FileFailure) {
            try DurableFile.create(at: path, contents: SecretBytes(count: 0) { _ in })
        } catch {
            guard case .exists = error else { throw .unavailable(reason: error.description) }
        }
    }
}
