import GRDB

extension StorageError {
    /// Sorts an error of SQLite; texts hold SQLite's words and never a bound value.
    init(_ error: any Error, path: String) {
        switch error {
        case let known as StorageError:
            self = known
        case let database as DatabaseError:
            self.init(database, path: path)
        case is CancellationError:
            self = .unavailable(reason: "the caller was cancelled")
        default:
            self = .unavailable(reason: "\(path): \(type(of: error))")
        }
    }

    private init(_ error: DatabaseError, path: String) {
        let text = error.message ?? "no text"
        switch error.resultCode {
        case .SQLITE_FULL:
            self = .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .corrupted(.file(path: path, reason: text))
        case .SQLITE_IOERR where error.extendedResultCode == .SQLITE_IOERR_SHORT_READ:
            self = .corrupted(.file(path: path, reason: "it is shorter than its header says"))
        default:
            self = .unavailable(
                reason: "\(path): \(text) (SQLite code \(error.extendedResultCode.rawValue))"
            )
        }
    }
}
