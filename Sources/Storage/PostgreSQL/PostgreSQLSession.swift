import Foundation

/// A thread's connection, which is made on first use and again whenever it breaks.
struct PostgreSQLSession {
    /// How often a transaction is run again that met another one.
    private static let repetitionsMax = 8

    private let address: PostgreSQLAddress
    private let outage: PostgreSQLOutage
    private var connection: PostgreSQLConnection?

    init(_ address: PostgreSQLAddress, outage: PostgreSQLOutage) {
        self.address = address
        self.outage = outage
    }

    /// Runs `body`, again when the connection breaks or another transaction was in the way.
    ///
    /// The body must leave nothing behind when it throws anything but `.uncertain`, which ends the attempts.
    /// A transaction that it leaves open is rolled back.
    mutating func perform<Outcome>(
        until deadline: ContinuousClock.Instant,
        _ body: (PostgreSQLConnection) throws(PostgreSQLFailure) -> Outcome
    ) throws(PostgreSQLFailure) -> Outcome {
        var repetitions = 0
        while true {
            let hadConnection = connection != nil
            do throws(PostgreSQLFailure) {
                let outcome = try attempt(body, until: deadline)
                outage.end()
                return outcome
            } catch {
                if case .lost(let reason) = error {
                    // A connection that lay idle may have been cut long ago: that says nothing of the server.
                    if hadConnection, .now < deadline { continue }
                    guard let pause = outage.note(reason, at: .now), .now + pause < deadline else {
                        throw error
                    }
                    Thread.sleep(forTimeInterval: Double(pause.milliseconds) / 1000)
                } else {
                    repetitions += 1
                    guard error.isWorthRepeating, repetitions < Self.repetitionsMax, .now < deadline else {
                        throw error
                    }
                    Thread.sleep(forTimeInterval: Double.random(in: 0...0.01) * Double(repetitions))
                }
            }
        }
    }

    /// Ends the connection.
    mutating func close() { connection = nil }

    private mutating func attempt<Outcome>(
        _ body: (PostgreSQLConnection) throws(PostgreSQLFailure) -> Outcome,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> Outcome {
        let connection = try connected(until: deadline)
        do throws(PostgreSQLFailure) {
            return try body(connection)
        } catch {
            if case .refused = error { outage.end() }
            if case .refused = error, !error.isOfReadOnlyServer {
                rollBack(connection, until: deadline)
            } else {
                self.connection = nil
            }
            throw error
        }
    }

    private mutating func connected(
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> PostgreSQLConnection {
        if let connection { return connection }
        let made = try Self.connect(to: address, until: deadline)
        connection = made
        return made
    }

    private mutating func rollBack(
        _ connection: PostgreSQLConnection,
        until deadline: ContinuousClock.Instant
    ) {
        guard connection.isInTransaction else { return }
        do throws(PostgreSQLFailure) {
            try connection.run(PostgreSQLStatement("ROLLBACK"), until: max(deadline, .now + .seconds(1)))
        } catch {
            // Ending the connection ends its transaction as well.
            self.connection = nil
        }
    }
}

// MARK: Settings

extension PostgreSQLSession {
    /// What the server holds to on every connection; unknown ones are passed over, since databases that speak
    /// PostgreSQL's protocol do not have all.
    private static let settings = [
        // The server gives up when the client has: its own deadline is five seconds.
        ("statement_timeout", "6000"),
        // A node that stops between reading versions and writing keeps the others out no longer than this.
        ("idle_in_transaction_session_timeout", "3000"),
        // Every statement is served by an index, also in a table whose statistics are from before it grew.
        ("enable_seqscan", "off"), ("enable_hashjoin", "off"), ("enable_mergejoin", "off"),
        ("jit", "off"),
    ]

    /// A connection with its settings made.
    static func connect(
        to address: PostgreSQLAddress,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> PostgreSQLConnection {
        let connection = try PostgreSQLConnection(to: address)
        let deadline = max(deadline, .now + .seconds(1))
        for (name, value) in settings {
            let statement = PostgreSQLStatement(
                "SELECT set_config($1, $2, false)",
                [.text(name), .text(value)]
            )
            do throws(PostgreSQLFailure) {
                try connection.run(statement, until: deadline)
            } catch .refused {
                continue
            }
        }
        // A commit that returned is on the server's disk, whatever the role's default is.
        try connection.run(
            PostgreSQLStatement(
                """
                SELECT set_config('synchronous_commit', 'on', false)
                WHERE current_setting('synchronous_commit', true) = 'off'
                """
            ),
            until: deadline
        )
        return connection
    }
}
