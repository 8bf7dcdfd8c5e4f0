import AWSProtocol
import Cryptography
package import SecretsManager

/// Passwords of Redis's ACL users: the new one is valid beside the current one, until the rotation after the next.
///
/// Redis is told digests (`#SHA-256`), never a password that is to be set.
///
/// Source: Redis documentation, "ACL".
package struct RedisDriver: DatabaseDriver {
    package static let kind = "redis"

    private let reach: DatabaseReach
    private let notices: any RotationNotices

    package init(_ reach: DatabaseReach, notices: any RotationNotices) {
        self.reach = reach
        self.notices = notices
    }

    package var engine: DatabaseEngine { .redis }

    package func login(as credentials: DatabaseCredentials) async throws(RotationFailure) -> LoginOutcome {
        try await visit(credentials) { (redis) async throws(RotationFailure) in
            if let refusal = try await redis.authenticate(credentials.username, credentials.password) {
                return .refused(refusal)
            }
            // To a user without a password every password is right.
            let nobodys = Redacted(Hex.encode(SecretBytes(randomCount: 32).withUnsafeBytes { Array($0) }))
            if try await redis.authenticate(credentials.username, nobodys) == nil {
                throw .permanent(
                    "\(credentials.server) lets the user in with any password, so none can be proved."
                )
            }
            return .admitted
        }
    }

    package func carryOut(
        _ change: PasswordChange,
        as actor: DatabaseCredentials
    ) async throws(RotationFailure) {
        let isKept = try await visit(actor) { (redis) async throws(RotationFailure) in
            if let refusal = try await redis.authenticate(actor.username, actor.password) {
                throw .temporary("\(refusal).")
            }
            try await redis.carryOut(change)
            return try await redis.save()
        }
        guard !isKept else { return }
        notices.note(
            "\(actor.server) has no file for its users: the new password is forgotten when it starts anew"
        )
    }

    private func visit<Outcome: Sendable>(
        _ credentials: DatabaseCredentials,
        _ body: (inout RedisConversation) async throws(RotationFailure) -> Outcome
    ) async throws(RotationFailure) -> Outcome {
        try await RedisConversation.hold(
            with: credentials,
            at: try await reach.addresses(for: credentials),
            authorities: reach.authorities,
            secondsMax: DatabaseReach.secondsMax,
            body
        )
    }
}
