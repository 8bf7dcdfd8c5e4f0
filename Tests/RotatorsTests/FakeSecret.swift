import AWSProtocol
import SecretsManager
import Synchronization

/// A secret in memory; it can break down before or after each thing that it is asked to do.
final class FakeSecret: RotatingSecret {
    struct State {
        var values: [RotationLabel: SecretValue] = [:]
        var others: [String: SecretValue] = [:]
        var isFinished = false
    }

    let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf"
    let token = "11111111-2222-3333-4444-555555555555"
    let rotationToken = "rotation-token"
    let state: Mutex<State>
    private let breakdown: Breakdown

    init(_ current: String?, breakdown: Breakdown = Breakdown()) {
        var state = State()
        state.values[.current] = current.map { SecretValue(.string, Array($0.utf8)) }
        self.state = Mutex(state)
        self.breakdown = breakdown
    }

    func value(_ label: RotationLabel) async throws(RotationFailure) -> SecretValue? {
        try breakdown.around { state.withLock { $0.values[label] } }
    }

    func putPending(_ value: SecretValue) async throws(RotationFailure) {
        try breakdown.around { state.withLock { $0.values[.pending] = value } }
    }

    func currentValue(of secret: String) async throws(RotationFailure) -> SecretValue {
        guard let value = state.withLock({ $0.others[secret] }) else {
            throw .permanent("the registration gives no right to read \(secret)")
        }
        return value
    }

    func makePendingCurrent() async throws(RotationFailure) {
        try breakdown.around {
            state.withLock { state in
                guard !state.isFinished else { return }
                state.values[.previous] = state.values[.current]
                state.values[.current] = state.values[.pending]
                state.isFinished = true
            }
        }
    }

    /// Begins the next rotation: the label of the last one is gone.
    func beginAnew() {
        state.withLock { state in
            state.values[.pending] = nil
            state.isFinished = false
        }
    }

    func set(_ label: RotationLabel, to text: String?) {
        state.withLock { $0.values[label] = text.map { SecretValue(.string, Array($0.utf8)) } }
    }

    func setOther(_ arn: String, to text: String) {
        state.withLock { $0.others[arn] = SecretValue(.string, Array(text.utf8)) }
    }

    func text(_ label: RotationLabel) -> String? {
        state.withLock { $0.values[label] }?.exposingSecret { String(decoding: $0, as: UTF8.self) }
    }

    /// A member of a version's JSON.
    func member(_ name: String, of label: RotationLabel) -> String? {
        text(label).flatMap { try? JSON.parse($0)[name]?.text }
    }
}

/// Breaks down at one point of many: before something is done, or after it was done and before that is known.
final class Breakdown: Sendable {
    private let point: Int?
    private let seen = Mutex(0)

    /// - Parameter point: Counted from 1; nil never to break down.
    init(at point: Int? = nil) { self.point = point }

    var points: Int { seen.withLock { $0 } }

    func around<Outcome>(_ work: () throws(RotationFailure) -> Outcome) throws(RotationFailure) -> Outcome {
        try pass()
        let outcome = try work()
        try pass()
        return outcome
    }

    private func pass() throws(RotationFailure) {
        let number = seen.withLock { seen in
            seen += 1
            return seen
        }
        if number == point { throw .temporary("broken down") }
    }
}

/// A registration of a kind with settings.
func registered(_ kind: String, _ settings: [String: String] = [:]) -> RegisteredRotator? {
    guard let account = AccountID("111122223333"), let region = Region("us-east-1"),
        let name = RotatorName("rotator")
    else { return nil }
    return RegisteredRotator(
        locator: RotatorLocator(account, region, name),
        kind: kind,
        settings: settings,
        createdAt: moment
    )
}

/// The failure of a body; nil when it succeeds.
func failure<Outcome>(of body: () async throws(RotationFailure) -> Outcome) async -> RotationFailure? {
    do throws(RotationFailure) {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

extension Rotator {
    /// All steps, one after the other.
    func rotate(_ secret: FakeSecret) async throws(RotationFailure) {
        for step in RotationStep.allCases { try await perform(step, of: secret, at: moment) }
    }
}
