import AWSProtocol
import Foundation
import OperationsTesting
import Synchronization
import Testing

@testable import SecretsManager

@Suite("What a built-in rotator may do")
struct RotatorRightsTests {
    private let secrets: SecretsDeployment

    init() async throws {
        secrets = try SecretsDeployment()
        try await secrets.makeSecret("app", "one")
    }

    /// Rotates with a rotator that reads another secret; gives what it found.
    private func reading(_ name: String, allowed: [String]) async throws -> String {
        let locator = try #require(RotatorLocator(arn: SecretsDeployment.rotator))
        let registered = RegisteredRotator(
            locator: locator,
            kind: "reading",
            settings: [:],
            readableSecrets: allowed,
            createdAt: secrets.clock.now
        )
        _ = try await RotatorRegistry(store: secrets.sealed).add(registered, replacing: true)
        let reader = ReadingRotator(secret: name)
        try await secrets.rotate(2)
        let engine = RotationEngine(
            secrets.service,
            factory: reader,
            recorder: secrets.recorder,
            node: "one",
            observer: RotationObserver(),
            now: { secrets.clock.now }
        )
        try await engine.run()
        return reader.found
    }

    @Test func `reads the secrets of its registration`() async throws {
        let master = try await secrets.makeSecret("master", "of all")
        #expect(try await reading(master, allowed: [master]) == "of all")
        let events = try secrets.trail.text().split(separator: "\n").filter { $0.contains(master) }
        let own = try #require(events.last { $0.contains(#""eventName":"GetSecretValue""#) })
        #expect(own.contains("assumed-role/strongroom-rotation/database"))
        #expect(own.contains(#""invokedBy":"secretsmanager.amazonaws.com""#))
        #expect(!own.contains("of all"))
    }

    @Test func `reads no other secret`() async throws {
        let master = try await secrets.makeSecret("master", "of all")
        let found = try await reading(master, allowed: [])
        #expect(found.contains("AccessDeniedException") && !found.contains("of all"), "\(found)")
        #expect(try await secrets.stages(of: "app") == [SecretsDeployment.token(1): ["AWSCURRENT"]])
    }

    @Test func `is kept out by a policy of the secret`() async throws {
        let master = try await secrets.makeSecret("master", "of all")
        let deny = #"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Resource":"*",
            "Action":"secretsmanager:GetSecretValue","Condition":{"StringLike":{"aws:PrincipalArn":"*rotation*"}}}]}
            """#
        try await secrets.call("PutResourcePolicy", ["SecretId": "master", "ResourcePolicy": deny])
        #expect(try await reading(master, allowed: [master]).contains("AccessDeniedException"))
    }

    @Test func `moves no label before the last step, and puts no value after the first`() async throws {
        let found = try await reading("", allowed: [])
        #expect(found.contains("finishSecret") && found.contains("createSecret"), "\(found)")
        #expect(try await secrets.value("app") == "one")
    }

    @Test(arguments: [
        "", "database", "arn:aws:lambda:us-east-1:111122223333:function:",
        "arn:aws:lambda:us-east-1::function:a",
        "arn:aws:lambda:us-east-1:111122223333:function:a:1", "arn:aws:lambda:us-east-1:111122223333:layer:a",
        "arn:aws:sns:us-east-1:111122223333:function:a", "arn:aws:lambda:us-east-1:111122223333:function:a/b",
        "arn:aws:lambda:us-east-1:111122223333:function:" + String(repeating: "a", count: 65),
    ])
    func `is named by no such ARN`(_ text: String) {
        #expect(RotatorLocator(arn: text) == nil)
    }
}

/// Reads another secret in its first step and fails; without one it tries what its steps do not allow.
private final class ReadingRotator: RotatorFactory, Rotator {
    private let secret: String
    private let text = Mutex("")

    init(secret: String) { self.secret = secret }

    var found: String { text.withLock { $0 } }

    func rotator(for registered: RegisteredRotator) throws(RotationFailure) -> any Rotator { self }

    func perform(
        _ step: RotationStep,
        of rotating: any RotatingSecret,
        at now: Date
    ) async throws(RotationFailure) {
        guard !secret.isEmpty else { return try await overreach(step, rotating) }
        do throws(RotationFailure) {
            let value = try await rotating.currentValue(of: secret)
            let read = value.exposingSecret { String(decoding: $0, as: UTF8.self) }
            text.withLock { $0 = read }
        } catch {
            text.withLock { $0 = error.reason }
            throw error
        }
        throw .permanent("it has seen enough")
    }

    private func overreach(_ step: RotationStep, _ secret: any RotatingSecret) async throws(RotationFailure) {
        guard step == .createSecret else {
            do throws(RotationFailure) {
                try await secret.putPending(SecretValue(.string, [0x32]))
            } catch {
                text.withLock { $0 += error.reason }
            }
            throw .permanent("it has seen enough")
        }
        do throws(RotationFailure) {
            try await secret.makePendingCurrent()
        } catch {
            text.withLock { $0 += error.reason }
        }
        try await secret.putPending(SecretValue(.string, [0x31]))
    }
}
