import SecretsManager
import Storage

/// A connection to somebody's PostgreSQL, from logging in to logging out.
struct PostgreSQLVisit {
    private let connection: PostgreSQLConnection
    private let wording: PostgreSQLWording

    /// Logs in.
    ///
    /// - Throws: `.temporary`, whatever the reason: it may be a limit on connections as well as the password.
    init(to address: PostgreSQLAddress, wording: PostgreSQLWording) throws(RotationFailure) {
        do throws(PostgreSQLFailure) {
            connection = try PostgreSQLConnection(to: address)
        } catch {
            throw .temporary("\(wording.server): \(wording.clause(error))")
        }
        self.wording = wording
    }

    /// Whether the user gets in, and its first statement an answer.
    static func login(
        at address: PostgreSQLAddress,
        wording: PostgreSQLWording
    ) throws(RotationFailure) -> LoginOutcome {
        let visit: PostgreSQLVisit
        do throws(RotationFailure) {
            visit = try PostgreSQLVisit(to: address, wording: wording)
        } catch {
            // libpq does not say in a form of its own whether the server said no or was not there.
            guard PostgreSQLConnection.answers(at: address) else { throw error }
            return .refused(error.reason)
        }
        guard visit.connection.wasAskedForPassword else {
            throw .permanent(
                "\(wording.server) lets the user in without asking for the password, so none can be proved."
            )
        }
        try visit.run([PostgreSQLStatement("SELECT 1")])
        return .admitted
    }

    /// Sets the pending password, and makes the user's clone where it is missing, in one transaction.
    func carryOut(_ change: PasswordChange) throws(RotationFailure) {
        let user = change.pending.username
        guard let verifier = connection.verifier(of: change.pending.password, for: user),
            let secret = connection.quoted(text: verifier), let name = connection.quoted(name: user),
            let currentName = connection.quoted(name: change.current.username)
        else { throw .permanent("\(wording.server): the user's name or password is no text of PostgreSQL.") }
        var statements = ["ALTER ROLE \(name) PASSWORD \(secret)"]
        switch change.target {
        case .sameUser: break
        case .clone:
            if try exists(user) {
                try requireMembership(of: user, in: change.current.username)
            } else {
                statements = [
                    "CREATE ROLE \(name) LOGIN PASSWORD \(secret)", "GRANT \(currentName) TO \(name)",
                ]
            }
        case .original:
            try requireMembership(of: change.current.username, in: user)
        }
        try run(statements.map { PostgreSQLStatement($0) })
    }
}

// MARK: Statements

extension PostgreSQLVisit {
    private func exists(_ user: String) throws(RotationFailure) -> Bool {
        try isTrue(
            PostgreSQLStatement("SELECT count(*) > 0 FROM pg_roles WHERE rolname = $1", [.text(user)])
        )
    }

    /// Demands that one user is the clone of another, as clones are made here: a member of it.
    ///
    /// A name that ends like a clone's is not enough. Whoever may make users could otherwise come by the password of
    /// the user whose clone theirs seems to be.
    private func requireMembership(of clone: String, in original: String) throws(RotationFailure) {
        let isMember = try isTrue(
            PostgreSQLStatement(
                """
                SELECT count(*) > 0 FROM pg_auth_members AS membership
                JOIN pg_roles AS original ON original.oid = membership.roleid
                JOIN pg_roles AS clone ON clone.oid = membership.member
                WHERE original.rolname = $1 AND clone.rolname = $2
                """,
                [.text(original), .text(clone)]
            )
        )
        guard isMember else {
            throw .permanent(
                "\(wording.server): the role that is called as its clone is no member of the user."
            )
        }
    }

    private func isTrue(_ statement: PostgreSQLStatement) throws(RotationFailure) -> Bool {
        guard let rows = try run([statement]).last else { return false }
        do throws(PostgreSQLFailure) {
            return try rows.boolean(0, 0)
        } catch {
            throw .temporary("\(wording.server): \(wording.clause(error))")
        }
    }

    /// Runs statements as one transaction that the server gives up when we do.
    @discardableResult
    private func run(_ statements: [PostgreSQLStatement]) throws(RotationFailure) -> [PostgreSQLRows] {
        let limit = PostgreSQLStatement("SET LOCAL statement_timeout = '\(DatabaseReach.secondsMax)s'")
        do throws(PostgreSQLFailure) {
            return try connection.run(
                [PostgreSQLStatement("BEGIN"), limit] + statements + [PostgreSQLStatement("COMMIT")],
                until: .now + .seconds(DatabaseReach.secondsMax)
            ).dropFirst(2).dropLast()
        } catch {
            let reason = "\(wording.server): \(wording.clause(error))"
            throw error.isWorthWaiting ? .temporary(reason) : .permanent(reason)
        }
    }
}

extension PostgreSQLFailure {
    /// Whether it may go better by itself: all but what the server refused for what it says or who says it.
    fileprivate var isWorthWaiting: Bool {
        guard case .refused(let code, _) = self else { return true }
        return !["22", "28", "42", "0A", "0L", "0P", "2B"].contains(code.prefix(2))
    }
}
