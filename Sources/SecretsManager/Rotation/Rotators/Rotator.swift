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
