import GRDB

/// The tables, as numbered migrations: one a change, named, never edited once released.
enum SQLiteSchema {
    /// "STRM" in ASCII, in the file's header, so that no other program's database is taken for a store.
    static let applicationID: Int64 = 0x5354_524D

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 records and changes") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            // Keys are blobs: ordered byte by byte, and free to hold any character.
            try db.execute(
                sql: """
                    CREATE TABLE records (
                        kind TEXT NOT NULL,
                        key BLOB NOT NULL,
                        value BLOB NOT NULL,
                        version INTEGER NOT NULL CHECK (version > 0),
                        PRIMARY KEY (kind, key)
                    ) STRICT, WITHOUT ROWID
                    """
            )
            try db.execute(
                sql: """
                    CREATE TABLE changes (
                        sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
                        kind TEXT NOT NULL,
                        key BLOB NOT NULL,
                        deleted INTEGER NOT NULL CHECK (deleted IN (0, 1))
                    ) STRICT
                    """
            )
        }
        // A page of the tree of keys holds some fifty records without values, and four with: keys are random, so
        // each new record changes another page of it, while values of one commit lie one after the other.
        migrator.registerMigration("2 long values apart") { db in
            try db.execute(
                sql: """
                    CREATE TABLE long_values (
                        version INTEGER PRIMARY KEY CHECK (version > 0),
                        value BLOB NOT NULL
                    ) STRICT
                    """
            )
            try db.execute(
                sql: """
                    CREATE TRIGGER long_value_replaced AFTER UPDATE OF version ON records
                    WHEN OLD.value = x'00' AND OLD.version <> NEW.version
                    BEGIN DELETE FROM long_values WHERE version = OLD.version; END
                    """
            )
            try db.execute(
                sql: """
                    CREATE TRIGGER long_value_deleted AFTER DELETE ON records WHEN OLD.value = x'00'
                    BEGIN DELETE FROM long_values WHERE version = OLD.version; END
                    """
            )
        }
        return migrator
    }

    /// A longer value lies in `long_values` under its record's version.
    static let inlineBytesMax = 128
    /// What stands in `records` for a value that lies apart; a value that is just this lies apart, too.
    static let apart: [UInt8] = [0]

    /// Whether a value lies in `long_values`.
    static func liesApart(_ value: [UInt8]) -> Bool { value.count > inlineBytesMax || value == apart }

    /// The value of a row of `records`, wherever it lies; null when it was lost.
    static let value = """
        CASE WHEN value = x'00' THEN (SELECT value FROM long_values WHERE version = records.version)
            ELSE value END
        """

    /// Brings a database up to date, or says why this program must not touch it.
    ///
    /// Other processes may do the same at the same time. Each migration is a transaction, so whoever comes second
    /// fails at it, and then finds it done.
    static func prepare(_ database: DatabasePool, path: String) throws(StorageError) {
        var failure: (any Error)?
        var missing = Int.max
        while true {
            let state: State
            do {
                state = try database.read { db in try State(of: db) }
            } catch {
                throw StorageError(error, path: path)
            }
            switch state {
            case .foreign:
                throw .corrupted(.file(path: path, reason: "it is not a Strongroom store"))
            case .newer:
                throw .unavailable(reason: "\(path) was written by a newer version of Strongroom")
            case .current:
                return
            case .older(let count):
                // A failure by which nothing was done, by anybody, is no race that was lost.
                if let failure, count >= missing { throw StorageError(failure, path: path) }
                missing = count
                do { try migrator.migrate(database) } catch { failure = error }
            }
        }
    }

    private enum State {
        case foreign
        case newer
        /// Lacks so many migrations.
        case older(missing: Int)
        case current

        init(of db: Database) throws {
            let id = try Int64.fetchOne(db, sql: "PRAGMA application_id")
            // The table of migrations is made before the first of them; a process may be between the two, or have
            // ended there.
            let others = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'"
            )
            let applied = try migrator.appliedIdentifiers(db)
            let known = Set(migrator.migrations)
            if id != applicationID {
                self = others == 0 && applied.isEmpty ? .older(missing: known.count) : .foreign
            } else if !applied.isSubset(of: known) {
                self = .newer
            } else {
                self = applied == known ? .current : .older(missing: known.count - applied.count)
            }
        }
    }
}
