import Cryptography
import SecretsManager
import Synchronization

/// Users and passwords in memory.
final class FakeDatabase: DatabaseDriver {
    let engine: DatabaseEngine
    let passwords: Mutex<[String: String]>
    let actors = Mutex<[String]>([])
    private let breakdown: Breakdown

    init(
        _ passwords: [String: String],
        engine: DatabaseEngine = .postgreSQL,
        breakdown: Breakdown = Breakdown()
    ) {
        self.passwords = Mutex(passwords)
        self.engine = engine
        self.breakdown = breakdown
    }

    func login(as credentials: DatabaseCredentials) async throws(RotationFailure) -> LoginOutcome {
        try breakdown.around {
            let known = passwords.withLock { $0[credentials.username] }
            let isRight = credentials.password.exposingSecret { $0 == known }
            return isRight ? .admitted : .refused("wrong password")
        }
    }

    func carryOut(
        _ change: PasswordChange,
        as actor: DatabaseCredentials
    ) async throws(RotationFailure) {
        try breakdown.around { () throws(RotationFailure) in
            let known = passwords.withLock { $0[actor.username] }
            guard actor.password.exposingSecret({ $0 == known }) else {
                throw .temporary("the actor does not get in")
            }
            actors.withLock { $0.append(actor.username) }
            passwords.withLock { passwords in
                passwords[change.pending.username] = change.pending.password.exposingSecret { $0 }
            }
        }
    }

    /// Whether the user and password of a version get in.
    func admits(_ label: RotationLabel, of secret: FakeSecret) -> Bool {
        guard let user = secret.member("username", of: label) else { return false }
        return passwords.withLock { $0[user] } == secret.member("password", of: label)
    }
}
