import Rotators
import SecretsManager
import Storage
import Synchronization
import Testing

@Suite("Rotating at a real PostgreSQL")
struct PostgreSQLRotationTests {
    private let database: TestPostgreSQL

    init() throws { database = try TestPostgreSQL() }

    private static let withMaster = #","masterarn":"\#(TestPostgreSQL.masterSecret)""#

    @Test func `changes a user's own password, whatever its name, again and again`() async throws {
        let secret = try database.secret()
        let rotator = try databaseRotator("postgresql")
        for _ in 0..<2 {
            try await rotator.rotate(secret)
            #expect(try database.admits(.current, of: secret) && !database.admits(.previous, of: secret))
            secret.beginAnew()
        }
        let kept = try database.run(
            "SELECT rolpassword FROM pg_authid WHERE rolname = \(database.user.singleQuoted)"
        )
        #expect(try kept.text(0, 0).hasPrefix("SCRAM-SHA-256$"))
    }

    @Test func `changes it with the previous password, and leaves what is changed already`() async throws {
        let secret = try database.secret(password: "old")
        let rotator = try databaseRotator("postgresql")
        secret.set(.current, to: database.value(user: database.user, password: "never-set"))
        secret.set(.previous, to: database.value(user: database.user, password: "old"))
        for step in [RotationStep.createSecret, .setSecret, .createSecret, .setSecret, .testSecret] {
            try await rotator.perform(step, of: secret, at: moment)
        }
        #expect(try database.admits(.pending, of: secret))
    }

    @Test func `finds the address at which the server is`() async throws {
        let secret = try database.secret()
        secret.set(.current, to: secret.text(.current)?.replacing("127.0.0.1", with: "two.example"))
        try await databaseRotator("postgresql").rotate(secret)
        #expect(try database.admits(.current, of: secret))
    }

    @Test func `makes a clone with the user's rights, and takes turns`() async throws {
        let secret = try database.secret(more: Self.withMaster)
        let rotator = try databaseRotator("postgresql", ["users": "alternating"])
        let table = "table_\(UInt32.random(in: .min ... .max))"
        try database.run("CREATE TABLE \(table) (n int)")
        try database.run("GRANT SELECT ON \(table) TO \(database.quoted(database.user))")
        for turn in 0..<4 {
            for step in RotationStep.allCases {
                try await rotator.perform(step, of: secret, at: moment)
                #expect(try database.admits(.current, of: secret))
            }
            let expected = turn.isMultiple(of: 2) ? database.user + "_clone" : database.user
            #expect(secret.member("username", of: .current) == expected)
            let rights = try database.run(
                "SELECT has_table_privilege(\(expected.singleQuoted), '\(table)', 'SELECT')"
            )
            #expect(try rights.boolean(0, 0) && database.admits(.previous, of: secret))
            secret.beginAnew()
        }
    }

    /// Names that only look like a user and its clone must not let one come by the other's password.
    @Test func `takes nobody for a clone who is no member`() async throws {
        let secret = try database.secret(more: Self.withMaster)
        let rotator = try databaseRotator("postgresql", ["users": "alternating"])
        let clone = database.quoted(database.user + "_clone")
        try database.run("CREATE ROLE \(clone) LOGIN PASSWORD 'mine'")
        var error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(error?.isRetryable == false && error?.reason.contains("is no member") == true)

        let other = try TestPostgreSQL()
        let attacker = FakeSecret(
            database.value(user: database.user + "_clone", password: "mine", more: Self.withMaster)
        )
        attacker.setOther(TestPostgreSQL.masterSecret, to: try #require(try masterValue(other)))
        error = await failure { () async throws(RotationFailure) in try await rotator.rotate(attacker) }
        #expect(error?.isRetryable == false && error?.reason.contains("is no member") == true)
        #expect(try database.admits(.current, of: secret) && database.admits(.current, of: attacker))
    }

    private func masterValue(_ database: TestPostgreSQL) throws -> String? {
        let secret = try database.secret()
        return secret.state.withLock { $0.others[TestPostgreSQL.masterSecret] }?.exposingSecret {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test func `says that the password is wrong, and changes nothing`() async throws {
        let secret = try database.secret()
        secret.set(.current, to: database.value(user: database.user, password: "wrong-4711"))
        let rotator = try databaseRotator("postgresql")
        let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(error?.isRetryable == true)
        #expect(error?.reason.contains("password authentication failed") == true)
        #expect(
            error?.reason.contains("wrong-4711") == false && error?.reason.contains(database.user) == false
        )
        secret.set(.current, to: database.value(user: database.user, password: "p0"))
        #expect(try database.admits(.current, of: secret))
    }

    @Test func `waits for a server that is not there, and goes to none that it may not`() async throws {
        let secret = try database.secret()
        let text = try #require(secret.text(.current))
        let rotator = try databaseRotator("postgresql")
        secret.set(.current, to: text.replacing(":\(database.port),", with: ":1,"))
        var error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(error?.isRetryable == true)
        for host in ["127.0.0.2", "10.0.0.1"] {
            secret.beginAnew()
            secret.set(.current, to: text.replacing("127.0.0.1", with: host))
            error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
            #expect(error?.isRetryable == false && error?.reason.contains("registration") == true)
        }
        secret.beginAnew()
        secret.set(.current, to: text)
        let open = try databaseRotator("postgresql", ["hosts": ""])
        error = await failure { () async throws(RotationFailure) in try await open.rotate(secret) }
        #expect(error?.reason.contains("may not be called") == true)
    }

    @Test func `speaks in the clear only to servers whose secret says so`() async throws {
        let secret = try database.secret()
        secret.set(.current, to: secret.text(.current)?.replacing(#","ssl":false"#, with: ""))
        let rotator = try databaseRotator("postgresql")
        let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(
            error?.isRetryable == true && error?.reason.contains("SSL") == true,
            "\(String(describing: error))"
        )
    }

    @Test(arguments: [["users": "three"], ["reset-lost-passwords": "1"], ["template": "{{password}}"]])
    func `is not made of wrong settings`(_ settings: [String: String]) {
        #expect(throws: RotationFailure.self) { try databaseRotator("postgresql", settings) }
        #expect(throws: RotationFailure.self) { try databaseRotator("mysql", [:]) }
        #expect(throws: RotationFailure.self) { try databaseRotator("redis", ["users": "single"]) }
    }
}

extension String {
    /// A text of SQL.
    fileprivate var singleQuoted: String { "'\(replacing("'", with: "''"))'" }
}
