import IAM
import Synchronization

import struct Foundation.Date

/// Keeps back the refusals of wrong signatures, longer with each of an access key.
///
/// Only refusals wait: the owner of a key that somebody else guesses at is answered as ever. At most
/// `heldMax` wait at a time, so that whoever makes many cannot fill the memory; further ones leave at once, as they
/// cost nothing but their own check.
final class SignatureFailures: Sendable {
    static let heldMax = 1_000

    private let attempts = FailedAttempts(.signatures)
    private let held = Mutex(0)
    /// Waits so many seconds, or until the server stops.
    private let pause: @Sendable (Double) async -> Void

    init(pause: @escaping @Sendable (Double) async -> Void) {
        self.pause = pause
    }

    /// Counts a wrong signature of an access key, and waits as long as that costs.
    func hold(_ accessKeyID: String, at now: Date) async {
        let seconds = attempts.noteFailure(accessKeyID, at: now)
        guard seconds > 0, take() else { return }
        await pause(seconds)
        held.withLock { $0 -= 1 }
    }

    private func take() -> Bool {
        held.withLock { held in
            guard held < Self.heldMax else { return false }
            held += 1
            return true
        }
    }
}
