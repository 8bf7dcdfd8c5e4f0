import GRDB
import GRDBSQLite

/// A statement that the writer runs again and again, bound without boxes.
///
/// GRDB makes an array of values of any kind for each run, which takes about as long as SQLite takes for the run.
/// Belongs to its connection's thread and is not to be kept beyond a transaction.
struct WriteStatement {
    /// Keeps the prepared statement.
    private let statement: Statement

    init(_ sql: String, in db: Database) throws {
        statement = try db.cachedStatement(sql: sql)
    }

    private var handle: SQLiteStatement { statement.sqliteStatement }

    /// Binds a text; positions count from one.
    func bind(_ text: String, at position: Int32) throws {
        var text = text
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(handle, position, $0.baseAddress, Int32($0.count), Self.copied)
            }
        }
        try check(code)
    }

    /// Binds a text's bytes, none as null.
    func bind(bytesOf text: String, at position: Int32) throws {
        var text = text
        try text.withUTF8 { try bind(UnsafeRawBufferPointer($0), at: position) }
    }

    /// Binds bytes, none as null.
    func bind(_ bytes: [UInt8], at position: Int32) throws {
        try bytes.withUnsafeBytes { try bind($0, at: position) }
    }

    func bind(_ number: Int64, at position: Int32) throws {
        try check(sqlite3_bind_int64(handle, position, number))
    }

    private func bind(_ bytes: UnsafeRawBufferPointer, at position: Int32) throws {
        try check(
            bytes.isEmpty
                ? sqlite3_bind_null(handle, position)
                : sqlite3_bind_blob(handle, position, bytes.baseAddress, Int32(bytes.count), Self.copied)
        )
    }

    /// What could not be bound, for want of memory, would be written as nothing.
    private func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw failure(code) }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle)))
        )
    }

    /// Runs the statement to its end.
    func run() throws {
        while try step() {}
    }

    /// How many rows the last run of this connection's statements put or deleted.
    var rowsChanged: Int32 { sqlite3_changes(sqlite3_db_handle(handle)) }

    /// The integer in the first column of the only row.
    ///
    /// SQLite checks types when it writes; in a damaged row there may be any.
    func integer() throws -> Found {
        guard try step() else { return .nothing }
        defer { sqlite3_reset(handle) }
        guard sqlite3_column_type(handle, 0) == SQLITE_INTEGER else { return .damaged }
        return .integer(sqlite3_column_int64(handle, 0))
    }

    enum Found {
        case nothing
        case integer(Int64)
        case damaged
    }

    /// Whether there is a row; a statement that has no more can be bound and run again.
    private func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        defer { sqlite3_reset(handle) }
        guard code != SQLITE_DONE else { return false }
        throw failure(code)
    }

    /// Tells SQLite to copy what is bound (`SQLITE_TRANSIENT`), which the importer of C leaves out.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
