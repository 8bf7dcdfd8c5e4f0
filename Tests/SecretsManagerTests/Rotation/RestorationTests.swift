import Foundation
import Operations
import OperationsTesting
import Testing

@testable import SecretsManager

/// A rotator that lets nobody in with the current value once it has begun to set the pending one.
@Suite("A rotation that is given up")
struct RestorationTests {
    private let secrets: SecretsDeployment
    private let rotator = ScriptedRotator(displacesCurrentValue: true)

    init() async throws {
        secrets = try SecretsDeployment()
        try await secrets.prepareRotation()
    }

    /// Rotates until the pending value is in force and the next step fails for good.
    private func displace() async throws {
        rotator.fail(.testSecret, .permanent("it does not open"), times: 1)
        try await secrets.rotate(2)
        try await secrets.engine(rotator).run()
        #expect(rotator.password == "made-1")
        #expect(try await secrets.value("app") == "one")
        #expect(try await secrets.rotation()?.run?.restoration == .needed)
    }

    private func requireRestored(to value: String) async throws {
        #expect(try await secrets.value("app") == value)
        #expect(rotator.password == value)
        #expect(try await secrets.rotation()?.run == nil)
    }

    private func events(_ name: String) async throws -> Int {
        _ = try await secrets.runDueTasks()
        return try secrets.trail.count(name)
    }

    @Test func `has its current value in force again`() async throws {
        try await displace()
        let answer = try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        #expect(try answer.text("VersionId") == SecretsDeployment.token(2))
        #expect(try await secrets.rotation()?.isEnabled == false)
        try await secrets.engine(rotator).run()
        try await requireRestored(to: "one")
        #expect(try await secrets.stages(of: "app")[SecretsDeployment.token(2)] == ["AWSPENDING"])
        #expect(try await events("RotationRestored") == 1)
        #expect(try await events("RotationSucceeded") == 0)
        try await secrets.engine(rotator).run()
        #expect(rotator.restored == 1)
    }

    @Test func `is forgotten at once before it set anything`() async throws {
        rotator.fail(.createSecret, times: 1)
        try await secrets.rotate(2)
        try await secrets.engine(rotator).run()
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        #expect(try await secrets.rotation()?.run == nil)
        secrets.clock.advance(seconds: 10)
        try await secrets.engine(rotator).run()
        #expect(rotator.restored == 0 && rotator.steps == [.createSecret])
    }

    @Test func `is forgotten at once where both values work`() async throws {
        let gentle = ScriptedRotator()
        gentle.fail(.testSecret, .permanent("it does not open"), times: 1)
        try await secrets.rotate(2)
        try await secrets.engine(gentle).run()
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        #expect(try await secrets.rotation()?.run == nil)
        try await secrets.engine(gentle).run()
        #expect(gentle.restored == 0 && gentle.password == "made-1")
    }

    @Test func `is restored too when its label is taken away`() async throws {
        try await displace()
        try await secrets.call(
            "UpdateSecretVersionStage",
            [
                "SecretId": "app", "VersionStage": "AWSPENDING",
                "RemoveFromVersionId": SecretsDeployment.token(2),
            ]
        )
        try await secrets.engine(rotator).run()
        try await requireRestored(to: "one")
        #expect(try await events("RotationAbandoned") == 1)
        #expect(try await events("RotationRestored") == 1)
        try await secrets.rotate(3)
        try await secrets.engine(rotator).run()
        try await requireRestored(to: "made-2")
    }

    @Test func `has a value in force that somebody put meanwhile`() async throws {
        try await displace()
        secrets.clock.advance(seconds: 1)
        let members = ["SecretId": "app", "SecretString": "by hand"]
        try await secrets.call(
            "PutSecretValue",
            members.merging(["ClientRequestToken": SecretsDeployment.token(4)]) { $1 }
        )
        try await secrets.engine(rotator).run()
        try await requireRestored(to: "by hand")
    }

    @Test func `keeps the pending value where AWSCURRENT was moved to it`() async throws {
        try await displace()
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        try await secrets.call(
            "UpdateSecretVersionStage",
            [
                "SecretId": "app", "VersionStage": "AWSCURRENT",
                "MoveToVersionId": SecretsDeployment.token(2),
                "RemoveFromVersionId": SecretsDeployment.token(1),
            ]
        )
        try await secrets.engine(rotator).run()
        try await requireRestored(to: "made-1")
    }

    @Test func `has the value in force that became the current one while it was being restored`()
        async throws
    {
        try await displace()
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        let standing = CrashingRotator(rotator, at: nil, afterwards: true)
        let node = Task { try await secrets.engine(standing).run() }
        await standing.waitUntilReached()
        #expect(rotator.password == "one")
        try await secrets.call(
            "PutSecretValue",
            [
                "SecretId": "app", "SecretString": "by hand",
                "ClientRequestToken": SecretsDeployment.token(4),
            ]
        )
        // The database has what the version before the new one says.
        standing.release()
        try await node.value
        #expect(rotator.restored == 2)
        try await requireRestored(to: "by hand")
        #expect(try await events("RotationRestored") == 1)
    }

    @Test func `lets no other begin before it is restored`() async throws {
        try await displace()
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        let before = try await secrets.rotation()
        let refusal =
            "InvalidRequestException: A previous rotation isn't complete. That rotation will be reattempted."
        for token in [2, 3] {
            let failure = try await secrets.failure(
                "RotateSecret",
                [
                    "SecretId": "app", "ClientRequestToken": SecretsDeployment.token(token),
                    "RotationLambdaARN": SecretsDeployment.rotator,
                ]
            )
            #expect(failure == refusal)
        }
        #expect(try await secrets.rotation() == before)
    }

    @Test func `is tried for as long as nobody cancels it again`() async throws {
        try await displace()
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        rotator.failRestoring(times: 1000)
        let engine = secrets.engine(rotator)
        for pause in RotationRun.pausesSeconds + [0] {
            // Asking for it again is no way to give it up as long as it may go well.
            try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
            #expect(try await secrets.rotation()?.run?.isRestoring == true)
            try await engine.run()
            secrets.clock.advance(seconds: pause + 0.1)
        }
        for pause in RotationRun.pausesSeconds + [RotationRun.lastingPauseSeconds, 0] {
            try await engine.run()
            secrets.clock.advance(seconds: pause + 0.1)
        }
        #expect(try await events("RotationFailed") == 2)
        #expect(try await secrets.rotation()?.run?.isGivenUp == true && rotator.password == "made-1")
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        #expect(try await secrets.rotation()?.run == nil)
    }

    @Test func `is restored by itself when the database is back`() async throws {
        try await displace()
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        rotator.failRestoring(times: 2)
        let engine = secrets.engine(rotator)
        for _ in 0..<3 {
            try await engine.run()
            secrets.clock.advance(seconds: 6)
        }
        try await requireRestored(to: "one")
        #expect(rotator.restored == 3)
    }

    @Test(arguments: [false, true])
    func `is restored by another node after a crash`(_ afterwards: Bool) async throws {
        try await displace()
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        let crash = CrashingRotator(rotator, at: nil, afterwards: afterwards)
        let node = Task { try await secrets.engine(crash).run() }
        await crash.waitUntilReached()
        let other = try SecretsDeployment(sharing: secrets)
        other.clock.advance(seconds: RotationLease.seconds + 1)
        try await other.engine(rotator, node: "two").run()
        #expect(try await other.value("app") == "one" && rotator.password == "one")
        #expect(try await other.rotation()?.run == nil)
        crash.release()
        try await node.value
        #expect(try await other.value("app") == "one" && rotator.password == "one")
    }

    @Test func `is cancelled while a step is under way`() async throws {
        let standing = CrashingRotator(rotator, at: .setSecret, afterwards: true)
        try await secrets.rotate(2)
        let node = Task { try await secrets.engine(standing).run() }
        await standing.waitUntilReached()
        #expect(rotator.password == "made-1")
        try await secrets.call("CancelRotateSecret", ["SecretId": "app"])
        standing.release()
        try await node.value
        try await requireRestored(to: "one")
        #expect(rotator.steps == [.createSecret, .setSecret])
    }
}
