/// What a kind of database must be able to do for its users' passwords to be rotated.
package protocol DatabaseDriver: Sendable {
    var engine: DatabaseEngine { get }

    /// Logs in and out.
    ///
    /// - Throws: `.temporary` when the database cannot be reached in time; `.permanent` when it may not be called, or
    ///   lets its users in whatever their password, so that no password is proved.
    func login(as credentials: DatabaseCredentials) async throws(RotationFailure) -> LoginOutcome

    /// Brings a new password into force; nothing that is done already is done again or undone.
    ///
    /// - Parameters:
    ///   - change: Whose password becomes what.
    ///   - actor: As whom to log in for it.
    /// - Throws: As `login(as:)`; `.permanent` too for what the database refuses to do.
    func carryOut(
        _ change: PasswordChange,
        as actor: DatabaseCredentials
    ) async throws(RotationFailure)
}

/// What a database said to somebody who would come in.
package enum LoginOutcome: Hashable, Sendable {
    case admitted
    /// The database was there and said no, in a sentence without passwords.
    case refused(String)
}

/// A new password for a user of a database.
package struct PasswordChange: Sendable {
    /// The user whose password changes, against the user of the current credentials.
    package enum Target: Hashable, Sendable {
        /// The same one.
        case sameUser
        /// Its clone, which is made when it is missing.
        case clone
        /// The one that it is the clone of.
        case original
    }

    /// The user and the new password.
    package let pending: DatabaseCredentials
    package let current: DatabaseCredentials
    /// Of the same server, when there are any.
    package let previous: DatabaseCredentials?
    package let target: Target
}
