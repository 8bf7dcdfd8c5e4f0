import Foundation
import SecretsManager
import Synchronization
import Testing

@testable import Rotators

@Suite("Rotating at a real Redis")
struct RedisRotationTests {
    private static let masterSecret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:master-AbCdEf"
    private static let withMaster = #","masterarn":"\#(masterSecret)""#

    private func secret(at redis: TestRedis, password: String = "p0") async throws -> FakeSecret {
        try await redis.administer("ACL", "SETUSER", "app", "on", ">\(password)", "~*", "+get")
        let secret = FakeSecret(redis.value(user: "app", password: password, more: Self.withMaster))
        secret.setOther(Self.masterSecret, to: redis.value(user: "default", password: "admin-password"))
        return secret
    }

    private func admits(_ label: RotationLabel, of secret: FakeSecret, _ redis: TestRedis) async throws
        -> Bool
    {
        try await redis.ask("app", secret.member("password", of: label) ?? "", ["GET", "x"]) != nil
    }

    @Test func `keeps the current password valid until the rotation after the next`() async throws {
        let redis = try await TestRedis()
        let secret = try await secret(at: redis)
        let rotator = try databaseRotator("redis")
        for turn in 0..<3 {
            let before = secret.member("password", of: .previous)
            for step in RotationStep.allCases {
                try await rotator.perform(step, of: secret, at: moment)
                #expect(try await admits(.current, of: secret, redis))
            }
            #expect(try await admits(.previous, of: secret, redis))
            if turn > 0, let before {
                #expect(try await redis.ask("app", before, ["GET", "x"]) == nil)
            }
            secret.beginAnew()
        }
        let file = try String(contentsOf: redis.directory.appending(path: "users.acl"), encoding: .utf8)
        let line = try #require(file.split(separator: "\n").first { $0.hasPrefix("user app") })
        #expect(line.split(separator: " ").count { $0.hasPrefix("#") } == 2)
    }

    @Test func `lets a user with the right to do so change its own`() async throws {
        let redis = try await TestRedis()
        let secret = FakeSecret(redis.value(user: "default", password: "admin-password"))
        let rotator = try databaseRotator("redis")
        for step in RotationStep.allCases + RotationStep.allCases {
            try await rotator.perform(step, of: secret, at: moment)
        }
        let password = try #require(secret.member("password", of: .current))
        #expect(password != "admin-password")
        #expect(try await redis.ask("default", password, ["PING"]) == .simple("PONG"))
    }

    @Test func `has a change kept that a crash left in memory alone`() async throws {
        let redis = try await TestRedis()
        let secret = try await secret(at: redis)
        secret.set(.current, to: secret.text(.current)?.replacing("127.0.0.1", with: "two.example"))
        secret.setOther(
            Self.masterSecret,
            to: redis.value(user: "default", password: "admin-password")
                .replacing("127.0.0.1", with: "two.example")
        )
        let rotator = try databaseRotator("redis")
        let file = redis.directory.appending(path: "users.acl")
        for step in [RotationStep.createSecret, .setSecret, .setSecret] {
            try FileManager.default.removeItem(at: file)
            try "".write(to: file, atomically: true, encoding: .utf8)
            try await rotator.perform(step, of: secret, at: moment)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        let line = try #require(kept.split(separator: "\n").first { $0.hasPrefix("user app") })
        #expect(line.split(separator: " ").count { $0.hasPrefix("#") } == 2)
    }

    @Test func `says so when the server forgets its users`() async throws {
        let redis = try await TestRedis(hasUserFile: false)
        let secret = try await secret(at: redis)
        let notices = Notices()
        try await databaseRotator("redis", notices: notices).rotate(secret)
        #expect(try await admits(.current, of: secret, redis))
        let told = notices.all.withLock { $0 }
        #expect(told.count == 1 && told[0].contains("forgotten") && !told[0].contains("p0"))
    }

    @Test func `refuses users that need no password, are not there, or may not`() async throws {
        let redis = try await TestRedis()
        let secret = try await secret(at: redis)
        let rotator = try databaseRotator("redis")
        secret.set(.current, to: redis.value(user: "app", password: "p0"))
        var error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(error == .permanent("127.0.0.1:\(redis.port) answers NOPERM to ACL GETUSER."))
        secret.set(.current, to: redis.value(user: "nobody", password: "p0"))
        secret.beginAnew()
        error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(error?.isRetryable == true)
        try await redis.administer("ACL", "SETUSER", "app", "nopass")
        secret.set(.current, to: redis.value(user: "app", password: "p0", more: Self.withMaster))
        secret.beginAnew()
        error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
        #expect(error?.isRetryable == false && error?.reason.contains("any password") == true)
        #expect(secret.member("password", of: .current) == "p0")
    }

    @Test func `waits for a server that is not there or is not Redis`() async throws {
        let redis = try await TestRedis()
        let secret = try await secret(at: redis)
        let text = try #require(secret.text(.current))
        let rotator = try databaseRotator("redis")
        for changed in [
            text.replacing("\(redis.port)", with: "1"), text.replacing(#""ssl":false"#, with: #""ssl":true"#),
            text.replacing("\(redis.port)", with: "\(try TestPostgreSQL().port)"),
        ] {
            secret.beginAnew()
            secret.set(.current, to: changed)
            let error = await failure { () async throws(RotationFailure) in try await rotator.rotate(secret) }
            #expect(error?.isRetryable == true && error?.reason.contains("p0") == false)
        }
    }
}
