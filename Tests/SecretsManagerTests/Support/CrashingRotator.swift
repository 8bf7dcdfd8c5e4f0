import Foundation
import SecretsManager
import Synchronization

/// Stands still in a step, as a process that was killed there, until it is released.
final class CrashingRotator: RotatorFactory, Rotator {
    private let rotator: ScriptedRotator
    private let step: RotationStep?
    private let afterwards: Bool
    private let isReached = Mutex(false)
    private let isReleased = Mutex(false)

    /// A rotator that stands still in a step; with nil, in bringing the current value into force again.
    init(_ rotator: ScriptedRotator, at step: RotationStep?, afterwards: Bool) {
        self.rotator = rotator
        self.step = step
        self.afterwards = afterwards
    }

    func rotator(for registered: RegisteredRotator) throws(RotationFailure) -> any Rotator { self }

    func perform(
        _ step: RotationStep,
        of secret: any RotatingSecret,
        at now: Date
    ) async throws(RotationFailure) {
        if step == self.step, !afterwards { await stand() }
        try await rotator.perform(step, of: secret, at: now)
        if step == self.step, afterwards { await stand() }
    }

    var displacesCurrentValue: Bool { rotator.displacesCurrentValue }

    func restore(_ secret: any RotatingSecret, at now: Date) async throws(RotationFailure) {
        if step == nil, !afterwards { await stand() }
        try await rotator.restore(secret, at: now)
        if step == nil, afterwards { await stand() }
    }

    private func stand() async {
        isReached.withLock { $0 = true }
        while !isReleased.withLock({ $0 }) { await Self.pause() }
    }

    func waitUntilReached() async {
        while !isReached.withLock({ $0 }) { await Self.pause() }
    }

    func release() { isReleased.withLock { $0 = true } }

    /// Not cut short by cancellation: a dead process does not hear of it.
    private static func pause() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(5)) { continuation.resume() }
        }
    }
}
