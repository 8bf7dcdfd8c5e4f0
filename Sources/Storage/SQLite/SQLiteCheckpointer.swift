import GRDB
import GRDBSQLite
import Synchronization

/// Folds the write-ahead log into the file on a connection of its own, so that commits go on meanwhile.
///
/// SQLite lets one connection copy pages of the log into the file while another writes behind them; left to itself, it
/// has the writer do that, and all commits wait for thousands of pages. What was written during the copying is a small
/// rest, and the writer does fold that in itself: only a log that is folded in whole begins anew.
///
/// Nothing is lost when it fails, as on a full disk: the log is still there, and grows until it succeeds.
final class SQLiteCheckpointer: Sendable {
    /// The log is folded in when it has so many pages of 4 KiB.
    ///
    /// A page that several commits changed is then written to the file once. Whoever opens the store reads a log of
    /// some 32 MiB first.
    static let pagesMax = 8000
    /// A log that could not begin anew, as while a backup reads it, is tried again after so many more.
    fileprivate static let pagesBetweenTrials = 1000

    struct State {
        var phase = Phase.idle
        /// What the log had at the last commit.
        var pages = 0
        /// How many it must have for the next copying.
        var pagesAwaited = pagesMax
    }

    enum Phase {
        case idle
        case copying
        /// The rest is the writer's to fold in.
        case copied
    }

    private let connection: DatabaseQueue
    /// Pages in the log after the last commit, as SQLite told.
    private let pagesTold = Atomic<Int>(0)
    private let state = Mutex(State())

    init(path: String, configuration: Configuration) throws {
        connection = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Takes the place of SQLite's own folding on the writer's connection, which must not outlive this.
    func attach(to writer: Database) {
        let told = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { told, _, _, pages in
                if let told {
                    Unmanaged<SQLiteCheckpointer>.fromOpaque(told).takeUnretainedValue()
                        .pagesTold.store(Int(pages), ordering: .relaxed)
                }
                return SQLITE_OK
            },
            told
        )
    }

    /// Does what there is to do between two commits; on the writer's connection.
    func committed(_ writer: Database) {
        switch state.withLock({ $0.step(pages: pagesTold.load(ordering: .relaxed)) }) {
        case .none: break
        case .foldRest: Self.fold(writer)
        case .beginCopying:
            connection.asyncWriteWithoutTransaction { [self] db in
                Self.fold(db)
                Self.synchronize(db)
                state.withLock { $0.phase = .copied }
            }
        }
    }

    func close() throws {
        try connection.close()
    }

    /// As far as readers let it; another process may be at it.
    private static func fold(_ db: Database) {
        guard db.sqliteConnection != nil else { return }
        // Its failure is the next trial's, and a disk that is full or gone shows at the next commit.
        _ = try? db.checkpoint(.passive)
    }

    /// Brings the copied pages to the disk, which SQLite leaves to whoever folds in the last page.
    ///
    /// By SQLite's own descriptor: closing another one of the file would lose the process its locks (SQLite, "How To
    /// Corrupt An SQLite Database File", section 2.2).
    private static func synchronize(_ db: Database) {
        guard let connection = db.sqliteConnection else { return }
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK,
            let file
        else { return }
        // Should it fail, the writer's own attempt does, too.
        _ = file.pointee.pMethods?.pointee.xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY)
    }

    enum Step {
        case beginCopying
        case foldRest
    }
}

extension SQLiteCheckpointer.State {
    /// What to do when the log has so many pages.
    mutating func step(pages: Int) -> SQLiteCheckpointer.Step? {
        if pages < self.pages { pagesAwaited = SQLiteCheckpointer.pagesMax }
        self.pages = pages
        switch phase {
        case .copying: return nil
        case .copied:
            phase = .idle
            pagesAwaited = pages + SQLiteCheckpointer.pagesBetweenTrials
            return .foldRest
        case .idle:
            guard pages >= pagesAwaited else { return nil }
            phase = .copying
            return .beginCopying
        }
    }
}
