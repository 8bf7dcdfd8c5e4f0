/// Why PostgreSQL did not do what it was asked; texts hold its own words and never a bound value.
package enum PostgreSQLFailure: Error {
    /// There is no connection: it could not be made, it broke, or the server did not answer in time.
    /// Nothing was changed by what was asked for.
    case lost(String)
    /// The connection went while a transaction was being committed, which may or may not have happened.
    case uncertain(String)
    /// The server said no, by its five-character code; the transaction, if there was one, is void.
    case refused(code: String, String)
    /// An answer that is not what was asked for.
    case unreadable(String)

    /// Whether the same transaction may succeed when it is run again: it met another one.
    ///
    /// `40001` and `40P01` of PostgreSQL's "Appendix A. Error Codes"; databases that are spread over many
    /// machines, such as CockroachDB, answer the first whenever transactions overlap.
    var isWorthRepeating: Bool {
        guard case .refused(let code, _) = self else { return false }
        return code == "40001" || code == "40P01"
    }

    /// Whether the reason lies in what was to be written, and other writes may succeed: values that are not
    /// taken, constraints, limits, or no room for one of that size (classes 22, 23, 54, and 53100).
    var concernsWhatIsWritten: Bool {
        guard case .refused(let code, _) = self else { return false }
        return code == "53100" || ["22", "23", "54"].contains(code.prefix(2))
    }

    /// Whether the server cannot be written, as a standby; another one of the address may be.
    var isOfReadOnlyServer: Bool {
        guard case .refused(let code, _) = self else { return false }
        return code == "25006"
    }
}

extension StorageError {
    init(_ failure: PostgreSQLFailure, of address: PostgreSQLAddress) {
        switch failure {
        case .lost(let reason):
            self = .unavailable(reason: "\(address.description): \(reason)")
        case .uncertain(let reason):
            self = .unavailable(reason: "\(address.description): \(reason), in the middle of a commit")
        case .refused("53100", _):
            self = .full
        case .refused("XX001", let text), .refused("XX002", let text):
            self = .corrupted(.file(path: address.description, reason: text))
        case .refused(let code, let text):
            self = .unavailable(reason: "\(address.description): \(text) (\(code))")
        case .unreadable(let text):
            self = .corrupted(.file(path: address.description, reason: text))
        }
    }
}
