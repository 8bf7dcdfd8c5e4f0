import Foundation
import Operations
import OperationsTesting
import Testing

@testable import SecretsManager

@Suite("The rotation engine")
struct RotationEngineTests {
    private let secrets: SecretsDeployment
    private let rotator = ScriptedRotator()

    init() throws {
        secrets = try SecretsDeployment()
    }

    /// The value that clients read opens the database, or the pending one does and is kept.
    private func requireOpenDatabase() async throws {
        var values = [try await secrets.value("app")]
        let reply = try await secrets.reply(
            "GetSecretValue",
            ["SecretId": "app", "VersionStage": "AWSPENDING"]
        )
        if reply.errorCode == nil { values.append(try Answer(reply.body).text("SecretString")) }
        #expect(values.contains(rotator.password))
    }

    @Test func `takes the four steps in order and moves the labels`() async throws {
        try await secrets.prepareRotation()
        let answer = try await secrets.rotate(2, ["RotationRules": ["AutomaticallyAfterDays": 7]])
        #expect(try answer.text("VersionId") == SecretsDeployment.token(2))
        #expect(try await secrets.stages(of: "app")[SecretsDeployment.token(2)] == ["AWSPENDING"])
        try await secrets.engine(rotator).run()
        #expect(rotator.steps == RotationStep.allCases)
        #expect(try await secrets.value("app") == "made-1" && rotator.password == "made-1")
        #expect(
            try await secrets.stages(of: "app") == [
                SecretsDeployment.token(1): ["AWSPREVIOUS"], SecretsDeployment.token(2): ["AWSCURRENT"],
            ]
        )
        let rotation = try #require(try await secrets.rotation())
        #expect(rotation.run == nil && rotation.lastRotatedAt != nil)
        _ = try await secrets.runDueTasks()
        #expect(try secrets.trail.count("RotationStarted") == 1)
        #expect(try secrets.trail.count("RotationSucceeded") == 1)
        #expect(try !secrets.trail.text().contains("made-1"))
    }

    @Test(arguments: RotationStep.allCases, [false, true])
    func `goes on by itself after a step that failed`(_ step: RotationStep, _ afterwards: Bool) async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2)
        rotator.fail(step, afterwards: afterwards)
        let engine = secrets.engine(rotator)
        try await engine.run()
        try await requireOpenDatabase()
        secrets.clock.advance(seconds: 2)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-1" && rotator.password == "made-1")
        #expect(try await secrets.rotation()?.run == nil)
    }

    /// What a crash leaves is what the store has when a step was cut off: another process goes on from there.
    @Test(arguments: RotationStep.allCases, [false, true])
    func `is taken up by another node where a crash left it`(
        _ step: RotationStep,
        _ afterwards: Bool
    ) async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2)
        let crash = CrashingRotator(rotator, at: step, afterwards: afterwards)
        let dying = secrets.engine(crash)
        let node = Task { try await dying.run() }
        await crash.waitUntilReached()
        let other = try SecretsDeployment(sharing: secrets)
        other.clock.advance(seconds: 1)
        let begun = rotator.steps
        try await other.engine(rotator, node: "two").run()
        #expect(rotator.steps == begun, "the lease is held")
        try await requireOpenDatabase()
        other.clock.advance(seconds: RotationLease.seconds)
        try await other.engine(rotator, node: "two").run()
        #expect(try await other.value("app") == "made-1" && rotator.password == "made-1")
        #expect(try await other.rotation()?.run == nil)
        // The dead node wakes up and finds that its lease is another's.
        crash.release()
        try await node.value
        #expect(try await other.value("app") == "made-1")
        #expect(
            try await other.stages(of: "app").values.flatMap(\.self).sorted() == [
                "AWSCURRENT", "AWSPREVIOUS",
            ]
        )
    }

    @Test func `is taken up by the same node at once`() async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2)
        let crash = CrashingRotator(rotator, at: .testSecret, afterwards: false)
        let dying = secrets.engine(crash)
        let node = Task { try await dying.run() }
        await crash.waitUntilReached()
        let restarted = try SecretsDeployment(sharing: secrets)
        try await restarted.engine(rotator, node: "one").run()
        #expect(try await restarted.value("app") == "made-1")
        crash.release()
        try await node.value
    }

    @Test func `runs each rotation once though two nodes look`() async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2)
        let other = try SecretsDeployment(sharing: secrets)
        async let one: Void = secrets.engine(rotator, node: "one").run()
        async let two: Void = other.engine(rotator, node: "two").run()
        _ = try await (one, two)
        #expect(rotator.steps == RotationStep.allCases)
    }

    @Test func `takes a rotation back that never came to set the value`() async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2, ["RotationRules": ["AutomaticallyAfterDays": 7]])
        rotator.fail(.createSecret, times: 100)
        let engine = secrets.engine(rotator)
        for pause in RotationRun.pausesSeconds + [0] {
            try await engine.run()
            secrets.clock.advance(seconds: pause + 0.1)
        }
        #expect(rotator.steps.count == RotationRun.pausesSeconds.count + 1)
        #expect(try await secrets.stages(of: "app") == [SecretsDeployment.token(1): ["AWSCURRENT"]])
        _ = try await secrets.runDueTasks()
        #expect(try secrets.trail.count("RotationFailed") == 1)
        // The next day it is tried again.
        rotator.fail(.createSecret, times: 0)
        secrets.clock.advance(days: 1)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-1")
    }

    @Test func `keeps a value that may be in force and goes on`() async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2)
        rotator.fail(.testSecret, .permanent("it does not open"), times: 3)
        let engine = secrets.engine(rotator)
        for _ in 0..<3 {
            try await engine.run()
            try await requireOpenDatabase()
            #expect(rotator.password == "made-1")
            #expect(try await secrets.value("app") == "one")
            secrets.clock.advance(seconds: RotationRun.lastingPauseSeconds + 1)
        }
        _ = try await secrets.runDueTasks()
        #expect(try secrets.trail.count("RotationFailed") == 1)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-1")
    }

    @Test func `begins by itself when the window opens`() async throws {
        try await secrets.prepareRotation()
        let engine = secrets.engine(rotator)
        try await secrets.rotate(2, ["RotationRules": ["ScheduleExpression": "rate(2 days)"]])
        try await engine.run()
        secrets.clock.advance(days: 1)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-1")
        secrets.clock.advance(days: 1)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-2")
        _ = try await secrets.runDueTasks()
        #expect(try secrets.trail.count("RotationStarted") == 2)
    }

    @Test func `waits for another window when one has passed`() async throws {
        try await secrets.prepareRotation()
        let engine = secrets.engine(rotator)
        // The clock stands at 08:00:00 of a day.
        let rules = ["ScheduleExpression": "rate(1 day)", "Duration": "2h"]
        try await secrets.rotate(2, ["RotationRules": rules])
        try await engine.run()
        secrets.clock.advance(days: 3)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-1")
        let window = try #require(try await secrets.rotation()?.window)
        #expect(window.opensAt > secrets.clock.now)
        secrets.clock.advance(seconds: window.opensAt.timeIntervalSince(secrets.clock.now) + 1)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-2")
    }

    @Test func `tests without rotating`() async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2, ["RotateImmediately": false])
        try await secrets.engine(rotator).run()
        #expect(rotator.steps == [.testSecret])
        #expect(try await secrets.value("app") == "one")
        #expect(try await secrets.stages(of: "app") == [SecretsDeployment.token(1): ["AWSCURRENT"]])
        rotator.fail(.testSecret)
        try await secrets.rotate(3, ["RotateImmediately": false])
        try await secrets.engine(rotator).run()
        #expect(try await secrets.stages(of: "app") == [SecretsDeployment.token(1): ["AWSCURRENT"]])
        _ = try await secrets.runDueTasks()
        for event in ["TestRotationSucceeded", "TestRotationFailed"] {
            #expect(try secrets.trail.count(event) == 1)
        }
        #expect(try secrets.trail.count("TestRotationStarted") == 2)
    }

    @Test func `leaves secrets alone that wait to be deleted`() async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2)
        try await secrets.call("DeleteSecret", ["SecretId": "app"])
        try await secrets.engine(rotator).run()
        #expect(rotator.steps.isEmpty)
        try await secrets.call("RestoreSecret", ["SecretId": "app"])
        try await secrets.engine(rotator).run()
        #expect(try await secrets.value("app") == "made-1")
    }

    @Test func `fails without the rotator and goes on when it is there again`() async throws {
        try await secrets.prepareRotation()
        try await secrets.rotate(2)
        let registry = RotatorRegistry(store: secrets.sealed)
        let locator = try #require(RotatorLocator(arn: SecretsDeployment.rotator))
        let registered = try #require(try await registry.rotator(named: SecretsDeployment.rotator))
        #expect(try await registry.remove(locator, at: secrets.clock.now))
        #expect(try await !registry.remove(locator, at: secrets.clock.now))
        let engine = secrets.engine(rotator)
        try await engine.run()
        #expect(rotator.steps.isEmpty)
        #expect(try await registry.add(registered, replacing: false))
        #expect(try await !registry.add(registered, replacing: false))
        secrets.clock.advance(seconds: 2)
        try await engine.run()
        #expect(try await secrets.value("app") == "made-1")
    }
}
