package import struct Foundation.Date

/// Who carries out rotations: a function behind an address, or a rotator that is built in.
///
/// A step may be cut off at any point, by a crash or its time limit, and is then performed once more, perhaps by
/// another node, perhaps from the first step on: whatever a step finds done, it leaves as it is and ends well.
package protocol Rotator: Sendable {
    /// Performs one step for one secret.
    ///
    /// A test without rotation is `testSecret` alone, with a pending version that is a copy of the current one. The
    /// task is cancelled when the step's time is over.
    ///
    /// - Throws: What kept it from being done. The reason is shown to operators and written to the trail.
    func perform(
        _ step: RotationStep,
        of secret: any RotatingSecret,
        at now: Date
    ) async throws(RotationFailure)

    /// Whether the current value may not be in force from the beginning of `setSecret` until AWSCURRENT has moved.
    ///
    /// Such a rotation is not just forgotten when somebody gives it up: ``restore(_:at:)`` comes first.
    var displacesCurrentValue: Bool { get }

    /// Brings the current value into force again after a rotation that was given up in or after `setSecret`.
    ///
    /// AWSCURRENT may lie on any version by now, and AWSPENDING on none. What was asked of others before may still be
    /// under way, so finding the current value in force is not enough to stop. It may come more than once, like a step.
    ///
    /// - Throws: What kept it from being done, in the manner of steps; it is tried again.
    func restore(_ secret: any RotatingSecret, at now: Date) async throws(RotationFailure)
}

extension Rotator {
    package var displacesCurrentValue: Bool { false }

    package func restore(_ secret: any RotatingSecret, at now: Date) async throws(RotationFailure) {
        throw .permanent("The rotator that is registered now cannot bring a value into force again.")
    }
}

/// Why a step was not done.
///
/// Reasons are sentences for operators and never hold a part of a secret.
package enum RotationFailure: Error, Hashable, Sendable {
    /// It may go better by itself: a server that does not answer, a version that came between.
    case temporary(String)
    /// It will fail the same way until somebody changes the secret, the rotator or what it rotates.
    case permanent(String)

    package var reason: String {
        switch self {
        case .temporary(let reason), .permanent(let reason): reason
        }
    }

    package var isRetryable: Bool {
        if case .temporary = self { true } else { false }
    }
}
