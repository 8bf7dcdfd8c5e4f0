import SecretsManager
import Synchronization
import Testing

@Suite("Restoring the password of a database's user")
struct DatabaseRestorationTests {
    private static func value(user: String = "app", password: String = "p0", host: String = "db") -> String {
        #"{"engine":"postgres","host":"\#(host)","username":"\#(user)","password":"\#(password)","port":5432}"#
    }

    private func rotator(
        _ database: FakeDatabase,
        _ users: RotatedUsers = .single,
        resets: Bool = false
    ) throws -> DatabaseRotator {
        DatabaseRotator(database, users: users, passwords: try PasswordRules(), resetsLostPasswords: resets)
    }

    @Test func `is needed where the current value does not work all the time`() throws {
        #expect(try rotator(FakeDatabase([:])).displacesCurrentValue)
        #expect(try !rotator(FakeDatabase([:]), .alternating).displacesCurrentValue)
        #expect(try !rotator(FakeDatabase([:], engine: .redis)).displacesCurrentValue)
    }

    @Test(arguments: ["p0", "p1", "previous"])
    func `is done as whoever gets in`(_ inForce: String) async throws {
        let database = FakeDatabase(["app": inForce])
        let secret = FakeSecret(Self.value())
        secret.set(.pending, to: Self.value(password: "p1"))
        secret.set(.previous, to: Self.value(password: "previous"))
        try await rotator(database).restore(secret, at: moment)
        #expect(database.passwords.withLock { $0 == ["app": "p0"] })
        // Even where the current password was in force: a dead node's change may come still.
        #expect(database.actors.withLock { $0 } == ["app"])
    }

    /// Every point at which a rotation can be cut off before it is given up, and the restoring after that.
    @Test func `lets the current value in, wherever the rotation and its restoring were cut off`()
        async throws
    {
        var points = 0
        for point in 1...200 {
            let breakdown = Breakdown(at: point)
            let database = FakeDatabase(["app": "p0"], breakdown: breakdown)
            let secret = FakeSecret(Self.value(), breakdown: breakdown)
            let rotator = try rotator(database)
            // AWSCURRENT is not moved any more once the rotation was given up.
            for step in [RotationStep.createSecret, .setSecret, .testSecret] {
                let error = await failure { () async throws(RotationFailure) in
                    try await rotator.perform(step, of: secret, at: moment)
                }
                if error != nil { break }
            }
            for _ in 0..<2 {
                let error = await failure { () async throws(RotationFailure) in
                    try await rotator.restore(secret, at: moment)
                }
                guard let error else { break }
                #expect(error.isRetryable, "at \(point): \(error)")
            }
            #expect(database.passwords.withLock { $0 == ["app": "p0"] }, "at \(point)")
            points = point
            if breakdown.points < point { break }
        }
        #expect((20..<200).contains(points))
    }

    @Test func `touches no other user and no other server`() async throws {
        for pending in [Self.value(user: "admin", password: "m"), Self.value(host: "other"), "text", nil] {
            let database = FakeDatabase(["app": "unknown", "admin": "m"])
            let secret = FakeSecret(Self.value())
            secret.set(.pending, to: pending)
            try await rotator(database).restore(secret, at: moment)
            #expect(database.passwords.withLock { $0 == ["app": "unknown", "admin": "m"] })
            #expect(database.actors.withLock { $0.isEmpty })
        }
    }

    @Test func `needs a value that opens the database, or the master's leave`() async throws {
        let master = "arn:aws:secretsmanager:us-east-1:111122223333:secret:master-AbCdEf"
        for resets in [false, true] {
            let database = FakeDatabase(["app": "unknown", "admin": "m"])
            let more = #","masterarn":"\#(master)"}"#
            let secret = FakeSecret(String(Self.value().dropLast()) + more)
            secret.set(.pending, to: String(Self.value(password: "p1").dropLast()) + more)
            secret.setOther(master, to: Self.value(user: "admin", password: "m"))
            let rotator = try rotator(database, resets: resets)
            let error = await failure { () async throws(RotationFailure) in
                try await rotator.restore(secret, at: moment)
            }
            #expect((error == nil) == resets && error?.isRetryable ?? true)
            #expect(error?.reason.contains("p0") != true)
            #expect(database.passwords.withLock { $0["app"] } == (resets ? "p0" : "unknown"))
        }
    }
}
