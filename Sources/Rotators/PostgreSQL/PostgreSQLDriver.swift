import Cryptography
import Foundation
package import SecretsManager
import Storage

/// Passwords of PostgreSQL's roles, set as verifiers: the server and its log never see one in the clear.
package struct PostgreSQLDriver: DatabaseDriver {
    package static let kind = "postgresql"

    private static let databaseDefault = "postgres"
    /// libpq waits: its calls have threads of their own.
    private static let queue = DispatchQueue(label: "strongroom.rotators.postgresql", attributes: .concurrent)

    private let reach: DatabaseReach

    package init(_ reach: DatabaseReach) { self.reach = reach }

    package var engine: DatabaseEngine { .postgreSQL }

    package func login(as credentials: DatabaseCredentials) async throws(RotationFailure) -> LoginOutcome {
        let address = try await address(for: credentials)
        return try await Self.onQueue { () throws(RotationFailure) in
            try PostgreSQLVisit.login(at: address, wording: PostgreSQLWording(of: [credentials]))
        }
    }

    package func carryOut(
        _ change: PasswordChange,
        as actor: DatabaseCredentials
    ) async throws(RotationFailure) {
        let address = try await address(for: actor)
        try await Self.onQueue { () throws(RotationFailure) in
            let wording = PostgreSQLWording(of: [actor, change.current, change.pending])
            try PostgreSQLVisit(to: address, wording: wording).carryOut(change)
        }
    }

    private func address(for credentials: DatabaseCredentials) async throws(RotationFailure)
        -> PostgreSQLAddress
    {
        PostgreSQLAddress(
            PostgreSQLLogin(
                host: credentials.host,
                addresses: try await reach.addresses(for: credentials),
                port: credentials.port,
                database: credentials.databaseName ?? Self.databaseDefault,
                user: credentials.username,
                password: credentials.password,
                authorities: credentials.usesTLS ? reach.authorities : nil,
                connectSeconds: DatabaseReach.secondsMax
            )
        )
    }

    private static func onQueue<Outcome: Sendable>(
        _ work: @escaping @Sendable () throws(RotationFailure) -> Outcome
    ) async throws(RotationFailure) -> Outcome {
        let outcome = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result { () throws(RotationFailure) in try work() })
            }
        }
        return try outcome.get()
    }
}
