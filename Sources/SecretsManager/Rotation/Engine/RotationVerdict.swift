import struct Foundation.Date

/// What becomes of a rotation after a step that failed.
enum RotationVerdict: Hashable {
    /// Its version goes: nothing but the secret knows of it.
    case takeBack
    /// It is tried again from the first step on, as it then is.
    case again(RotationRun)

    /// Whether the trail is told that the rotation failed.
    var isGivingUp: Bool {
        switch self {
        case .takeBack: true
        case .again(let run): run.isGivenUp
        }
    }
}

extension RotationRun {
    /// Seconds before the second and each further attempt; after these the rotation has failed.
    static let pausesSeconds = [1.0, 5, 30, 120, 300]
    /// Seconds between attempts after it has failed, while the pending value may be in force.
    static let lastingPauseSeconds = 1_800.0

    /// The verdict on the run after a failure.
    ///
    /// As long as `setSecret` has not begun, a rotation that failed for good is taken back. Afterwards the new value
    /// may be the one in force, so it is kept and brought to its end, however long that takes.
    func verdict(after failure: RotationFailure, at now: Date) -> RotationVerdict {
        guard !isTest else { return .takeBack }
        var run = self
        run.failures += 1
        if !isRestoring { run.step = .createSecret }
        guard failure.isRetryable, !isGivenUp, failures < Self.pausesSeconds.count else {
            guard hasBegunSetting else { return .takeBack }
            run.isGivenUp = true
            run.dueAt = now.adding(seconds: Self.lastingPauseSeconds)
            return .again(run)
        }
        run.dueAt = now.adding(seconds: Self.pausesSeconds[failures])
        return .again(run)
    }
}
