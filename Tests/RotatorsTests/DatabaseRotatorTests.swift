import SecretsManager
import Synchronization
import Testing

@Suite("Rotating the password of a database's user")
struct DatabaseRotatorTests {
    private static let master = "arn:aws:secretsmanager:us-east-1:111122223333:secret:master-AbCdEf"
    private static let masterValue =
        #"{"engine":"postgres","host":"db","username":"admin","password":"m","port":5432}"#

    private static func value(user: String = "app", password: String = "p0", more: String = "") -> String {
        #"{"engine":"postgres","host":"db","username":"\#(user)","password":"\#(password)"\#(more)}"#
    }

    private static let withMaster = #","masterarn":"\#(master)""#

    private func rotator(
        _ database: FakeDatabase,
        _ users: RotatedUsers = .single,
        resets: Bool = false
    ) throws -> DatabaseRotator {
        DatabaseRotator(database, users: users, passwords: try PasswordRules(), resetsLostPasswords: resets)
    }

    @Test func `changes the password and keeps every other member`() async throws {
        let database = FakeDatabase(["app": "p0"])
        let secret = FakeSecret(Self.value(more: #","port":"5432","x":{"n":1.50},"y":[null]"#))
        try await rotator(database).rotate(secret)
        #expect(database.admits(.current, of: secret))
        #expect(secret.member("password", of: .previous) == "p0")
        #expect(secret.member("password", of: .current)?.count == 32)
        let parts = #"","port":"5432","x":{"n":1.50},"y":[null]}"#
        #expect(try #require(secret.text(.current)).hasSuffix(parts))
        #expect(database.actors.withLock { $0 } == ["app"])
    }

    @Test func `takes turns with the clone, whose current password always works`() async throws {
        let database = FakeDatabase(["app": "p0", "admin": "m"])
        let secret = FakeSecret(Self.value(more: Self.withMaster))
        secret.setOther(Self.master, to: Self.masterValue)
        let rotator = try rotator(database, .alternating)
        for expected in ["app_clone", "app", "app_clone"] {
            for step in RotationStep.allCases {
                try await rotator.perform(step, of: secret, at: moment)
                #expect(database.admits(.current, of: secret))
            }
            #expect(secret.member("username", of: .current) == expected)
            #expect(database.admits(.previous, of: secret))
            secret.beginAnew()
        }
    }

    /// Every point at which a node can die, in the middle of every call.
    @Test(arguments: RotatedUsers.allCases)
    func `goes on after a crash at any point, and never without a working password`(
        _ users: RotatedUsers
    ) async throws {
        var points = 0
        for point in 1...200 {
            let breakdown = Breakdown(at: point)
            let database = FakeDatabase(["app": "p0", "admin": "m"], breakdown: breakdown)
            let secret = FakeSecret(Self.value(more: Self.withMaster), breakdown: breakdown)
            secret.setOther(Self.master, to: Self.masterValue)
            let rotator = try rotator(database, users)
            var next = RotationStep.createSecret
            for _ in 0..<8 {
                let error = await failure { () async throws(RotationFailure) in
                    try await rotator.perform(next, of: secret, at: moment)
                }
                #expect(database.admits(.current, of: secret) || database.admits(.pending, of: secret))
                if users == .alternating { #expect(database.admits(.current, of: secret)) }
                if let error { #expect(error.isRetryable, "at \(point): \(error)") }
                guard error == nil else { continue }
                guard let following = RotationStep.allCases.drop(while: { $0 != next }).dropFirst().first
                else { break }
                next = following
            }
            #expect(next == .finishSecret && database.admits(.current, of: secret), "at \(point)")
            #expect(secret.member("password", of: .current) != "p0")
            points = point
            if breakdown.points < point { break }
        }
        #expect((20..<200).contains(points))
    }

    @Test func `logs in with the previous password where the current one was never set`() async throws {
        let database = FakeDatabase(["app": "old"])
        let secret = FakeSecret(Self.value())
        secret.set(.previous, to: Self.value(password: "old"))
        try await rotator(database).rotate(secret)
        #expect(database.admits(.current, of: secret))
    }

    @Test func `has a master act where users cannot`() async throws {
        let database = FakeDatabase(["app": "p0", "admin": "m"], engine: .redis)
        let redis = { (text: String) in
            text.replacing("postgres", with: "redis").replacing("5432", with: "6379")
        }
        let secret = FakeSecret(redis(Self.value(more: Self.withMaster)))
        secret.setOther(Self.master, to: redis(Self.masterValue))
        try await rotator(database).rotate(secret)
        #expect(database.actors.withLock { $0 } == ["admin"] && database.admits(.current, of: secret))
    }

    @Test func `gives a lost password anew only where the registration says so`() async throws {
        for resets in [false, true] {
            let database = FakeDatabase(["app": "unknown", "admin": "m"])
            let secret = FakeSecret(Self.value(more: Self.withMaster))
            secret.setOther(Self.master, to: Self.masterValue)
            let rotator = try rotator(database, resets: resets)
            let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
            #expect((error == nil) == resets && (error?.isRetryable ?? true))
            #expect(database.passwords.withLock { $0["app"] != "unknown" } == resets)
        }
    }

    private static let refused: [(value: String, reason: String)] = [
        ("text", "not a JSON object"), ("[]", "not a JSON object"), ("{}", "engine"),
        (#"{"engine":"mysql","host":"db","username":"u","password":"p"}"#, "engine"),
        (#"{"engine":"postgres","username":"u","password":"p"}"#, "no host"),
        (#"{"engine":"postgres","host":"/tmp","username":"u","password":"p"}"#, "no host"),
        (#"{"engine":"postgres","host":"a,b","username":"u","password":"p"}"#, "no host"),
        (#"{"engine":"postgres","host":"db","password":"p"}"#, "no username"),
        (#"{"engine":"postgres","host":"db","username":"u"}"#, "no password"),
        (#"{"engine":"postgres","host":"db","username":"u","password":""}"#, "no password"),
        (value(more: #","port":0"#), "port"), (value(more: #","port":"x""#), "port"),
        (value(more: #","ssl":"maybe""#), "ssl"), (value(more: #","ssl":1"#), "ssl"),
    ]

    @Test(arguments: refused.indices) func `refuses values that are none of a database`(_ index: Int)
        async throws
    {
        let (value, reason) = Self.refused[index]
        let database = FakeDatabase(["app": "p0"])
        let secret = FakeSecret(value)
        let rotator = try rotator(database)
        let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(
            error?.isRetryable == false && error?.reason.contains(reason) == true,
            "\(String(describing: error))"
        )
        #expect(secret.text(.pending) == nil && database.passwords.withLock { $0 == ["app": "p0"] })
    }

    @Test func `refuses a pending value for another server or user`() async throws {
        for text in [
            Self.value(password: "p1").replacing(#""db""#, with: #""evil""#),
            Self.value(password: "p1", more: #","port":1"#), Self.value(user: "admin", password: "p1"),
        ] {
            let database = FakeDatabase(["app": "p0", "admin": "m"])
            let secret = FakeSecret(Self.value())
            secret.set(.pending, to: text)
            let rotator = try rotator(database)
            let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
            #expect(error?.isRetryable == false)
            #expect(database.passwords.withLock { $0 == ["app": "p0", "admin": "m"] })
            #expect(secret.member("password", of: .current) == "p0")
        }
    }

    @Test func `lets a master act only at its own server, and never on itself`() async throws {
        for master in [
            Self.masterValue.replacing(#""db""#, with: #""other""#),
            Self.masterValue.replacing("5432", with: "5433"),
            Self.masterValue.replacing("admin", with: "app"),
            Self.masterValue.replacing("admin", with: "app_clone"), "text",
        ] {
            let database = FakeDatabase(["app": "p0", "admin": "m"])
            let secret = FakeSecret(Self.value(more: Self.withMaster))
            secret.setOther(Self.master, to: master)
            let rotator = try rotator(database, .alternating)
            let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
            #expect(error?.isRetryable == false)
            #expect(database.passwords.withLock { $0 == ["app": "p0", "admin": "m"] })
        }
    }

    @Test func `alternates for nobody without a master, and for nobody who does not get in`() async throws {
        let database = FakeDatabase(["app": "other", "admin": "m"])
        let alone = FakeSecret(Self.value())
        let rotator = try rotator(database, .alternating)
        var error = await failure { () async throws(RotationFailure) in try await rotator.rotate(alone) }
        #expect(error?.isRetryable == false && alone.text(.pending) == nil)
        let deputy = FakeSecret(Self.value(more: Self.withMaster))
        deputy.setOther(Self.master, to: Self.masterValue)
        error = await failure { () async throws(RotationFailure) in try await rotator.rotate(deputy) }
        #expect(error?.isRetryable == true && error?.reason.contains("p0") == false)
        #expect(database.passwords.withLock { $0 == ["app": "other", "admin": "m"] })
    }

    @Test func `makes no clone whose name is too long`() async throws {
        let secret = FakeSecret(Self.value(user: String(repeating: "u", count: 58), more: Self.withMaster))
        let rotator = try rotator(FakeDatabase([:]), .alternating)
        let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(error?.reason.contains("64 bytes") == true)
    }
}
