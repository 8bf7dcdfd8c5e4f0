import AWSProtocol
import Foundation
import OperationsTesting
import Testing

@testable import SecretsManager

@Suite("The registry of rotators")
struct RotatorRegistryTests {
    private let secrets: SecretsDeployment
    private let registry: RotatorRegistry
    private let locator: RotatorLocator

    init() throws {
        secrets = try SecretsDeployment()
        registry = RotatorRegistry(store: secrets.sealed)
        locator = try #require(RotatorLocator(arn: SecretsDeployment.rotator))
    }

    private func registered(
        _ kind: String,
        _ settings: [String: String],
        mayRead: [String] = []
    ) -> RegisteredRotator {
        RegisteredRotator(
            locator: locator,
            kind: kind,
            settings: settings,
            readableSecrets: mayRead,
            createdAt: secrets.clock.now
        )
    }

    /// The events of a name in the trail, once the scheduler has run.
    private func events(_ name: String) async throws -> [String] {
        _ = try await secrets.runDueTasks()
        return try secrets.trail.text().split(separator: "\n").map(String.init)
            .filter { $0.contains("\"eventName\":\"\(name)\"") }
    }

    @Test func `tells the trail of each change once`() async throws {
        let lambda = registered("lambda", ["endpoint": "http://host:8080/hook/4711"])
        #expect(try await registry.add(lambda, replacing: false))
        #expect(try await events("RegisterRotator").count == 1)
        let master = "arn:aws:secretsmanager:us-east-1:111122223333:secret:master-AbCdEf"
        let database = registered("postgresql", ["users": "single", "hosts": "db"], mayRead: [master])
        #expect(try await registry.add(database, replacing: true))
        #expect(try await registry.remove(locator, at: secrets.clock.now))
        let told = try await events("RegisterRotator")
        try #require(told.count == 2)
        #expect(told[0].contains(#""kind":"lambda""#) && told[0].contains("endpoint=http://host:8080\""))
        #expect(!told[0].contains("4711") && !told[0].contains("replaced"))
        #expect(told[1].contains("hosts=db, users=single") && told[1].contains(#""replaced":"true""#))
        #expect(told[1].contains(#""mayRead":"\#(master)""#))
        let removed = try await events("RemoveRotator")
        #expect(removed.count == 1)
        for event in told + removed {
            #expect(event.contains(#""rotatorArn":"\#(SecretsDeployment.rotator)""#))
            #expect(event.contains(#""eventSource":"strongroom""#) && event.contains("command line"))
        }
    }

    @Test func `does not tell the text of a template`() async throws {
        let rotator = registered("template", ["template": "hunter2-{{hex:8}}", "password-length": "20"])
        #expect(try await registry.add(rotator, replacing: false))
        let event = try #require(try await events("RegisterRotator").first)
        #expect(event.contains(#""settings":"password-length=20, template""#) && !event.contains("hunter2"))
    }

    @Test func `tells of nothing where nothing changed`() async throws {
        let rotator = registered("lambda", ["endpoint": "http://host"])
        #expect(try await !registry.remove(locator, at: secrets.clock.now))
        #expect(try await registry.add(rotator, replacing: false))
        #expect(try await !registry.add(registered("redis", [:]), replacing: false))
        #expect(try await registry.rotator(named: SecretsDeployment.rotator) == rotator)
        #expect(try await events("RegisterRotator").count == 1)
        #expect(try await events("RemoveRotator").isEmpty)
    }

    @Test func `is changed by everybody who replaces at the same time`() async throws {
        let names = (0..<8).map { "host\($0)" }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for name in names {
                let rotator = registered("lambda", ["endpoint": "http://\(name)"])
                group.addTask { try await registry.add(rotator, replacing: true) }
            }
            for try await done in group { #expect(done) }
        }
        let told = try await events("RegisterRotator")
        #expect(told.count == names.count)
        #expect(told.filter { !$0.contains(#""replaced":"true""#) }.count == 1)
    }
}
