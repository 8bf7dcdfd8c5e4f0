import AWSProtocol
import Foundation
import OperationsTesting
import Synchronization
import Testing

@testable import SecretsManager

/// A database with one user whose password a rotator changes, and the rotator, which a test can interrupt.
final class ScriptedRotator: RotatorFactory, Rotator {
    private struct State {
        var password = "one"
        var steps: [RotationStep] = []
        var made = 0
        var before: [RotationStep: [RotationFailure]] = [:]
        var after: [RotationStep: [RotationFailure]] = [:]
        var restorations: [RotationFailure?] = []
        var restored = 0
    }

    /// Whether the current value does not open the database from `setSecret` on.
    let displacesCurrentValue: Bool
    private let state = Mutex(State())

    init(displacesCurrentValue: Bool = false) { self.displacesCurrentValue = displacesCurrentValue }

    /// What the database takes.
    var password: String { state.withLock { $0.password } }

    /// The steps that were begun.
    var steps: [RotationStep] { state.withLock { $0.steps } }

    /// Has a step fail so often, before it does anything or after it has done it.
    func fail(
        _ step: RotationStep,
        _ failure: RotationFailure = .temporary("the test wants it so"),
        times: Int = 1,
        afterwards: Bool = false
    ) {
        let failures = Array(repeating: failure, count: times)
        state.withLock { state in
            if afterwards { state.after[step] = failures } else { state.before[step] = failures }
        }
    }

    /// How often the current value was to be brought into force again.
    var restored: Int { state.withLock { $0.restored } }

    /// Has that fail so often.
    func failRestoring(_ failure: RotationFailure = .temporary("the database is away"), times: Int) {
        state.withLock { $0.restorations = Array(repeating: failure, count: times) }
    }

    func rotator(for registered: RegisteredRotator) throws(RotationFailure) -> any Rotator { self }

    func restore(_ secret: any RotatingSecret, at now: Date) async throws(RotationFailure) {
        let failure = state.withLock { state in
            state.restored += 1
            return state.restorations.popLast() ?? nil
        }
        if let failure { throw failure }
        // Whoever knows none of the database's passwords cannot change it.
        var known: [String] = []
        for label in [RotationLabel.current, .pending, .previous]
        where try await secret.value(label) != nil {
            known.append(try await text(label, of: secret))
        }
        guard known.contains(password) else { throw .permanent("no known value opens the database") }
        state.withLock { $0.password = known[0] }
    }

    func perform(
        _ step: RotationStep,
        of secret: any RotatingSecret,
        at now: Date
    ) async throws(RotationFailure) {
        let before = state.withLock { state in
            state.steps.append(step)
            return state.before[step]?.popLast()
        }
        if let before { throw before }
        switch step {
        case .createSecret: try await create(secret)
        case .setSecret:
            let pending = try await text(.pending, of: secret)
            state.withLock { $0.password = pending }
        case .testSecret:
            guard try await text(.pending, of: secret) == password else {
                throw .permanent("the pending value does not open the database")
            }
        case .finishSecret: try await secret.makePendingCurrent()
        }
        let after = state.withLock { $0.after[step]?.popLast() }
        if let after { throw after }
    }

    private func create(_ secret: any RotatingSecret) async throws(RotationFailure) {
        guard try await secret.value(.pending) == nil else { return }
        let made = state.withLock { state in
            state.made += 1
            return "made-\(state.made)"
        }
        try await secret.putPending(SecretValue(.string, Array(made.utf8)))
    }

    private func text(_ label: RotationLabel, of secret: any RotatingSecret) async throws(RotationFailure)
        -> String
    {
        guard let value = try await secret.value(label) else { throw .permanent("there is no value") }
        return value.exposingSecret { String(decoding: $0, as: UTF8.self) }
    }
}

extension SecretsDeployment {
    static let rotator = "arn:aws:lambda:us-east-1:111122223333:function:database"

    /// Registers a rotator and makes a secret whose value opens the database.
    func prepareRotation() async throws {
        let locator = try #require(RotatorLocator(arn: Self.rotator))
        let rotator = RegisteredRotator(
            locator: locator,
            kind: "scripted",
            settings: [:],
            createdAt: clock.now
        )
        #expect(try await RotatorRegistry(store: sealed).add(rotator, replacing: false))
        try await makeSecret("app", "one")
    }

    /// An engine of a node.
    func engine(_ rotator: any RotatorFactory, node: String = "one") -> RotationEngine {
        RotationEngine(
            service,
            factory: rotator,
            recorder: recorder,
            node: node,
            observer: RotationObserver(),
            now: { clock.now }
        )
    }

    /// Begins the rotation of the secret; its version has the number.
    @discardableResult
    func rotate(_ number: Int, _ more: [String: Any] = [:]) async throws -> Answer {
        let members: [String: Any] = [
            "SecretId": "app", "ClientRequestToken": Self.token(number), "RotationLambdaARN": Self.rotator,
        ]
        return try await call("RotateSecret", members.merging(more) { $1 })
    }

    /// The rotation as the store has it.
    func rotation() async throws -> Rotation? {
        let locator = SecretLocator(
            try #require(AccountID(Self.account)),
            try #require(Region("us-east-1")),
            try #require(SecretName("app"))
        )
        return try await service.read(locator)?.0.rotation
    }
}
