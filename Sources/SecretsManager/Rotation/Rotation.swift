import AWSProtocol
import Cryptography

package import struct Foundation.Date

/// How a secret is rotated: by whom, when, and how far the rotation that is under way has come.
package struct Rotation: Hashable, Sendable, Codable {
    package var isEnabled: Bool
    /// The ARN of the rotator.
    package var rotator: String
    /// Nil where callers alone say when.
    package var rules: RotationRules?
    package var lastRotatedAt: Date?
    /// When the next rotation is to begin by itself.
    package var window: RotationWindow?
    /// The rotation, or the test of one, that was begun and has not ended.
    package var run: RotationRun?

    init(rotator: String, rules: RotationRules?) {
        isEnabled = true
        self.rotator = rotator
        self.rules = rules
    }

    /// When something is to be done by itself.
    var dueAt: Date? { run?.dueAt ?? (isEnabled ? window?.opensAt : nil) }

    /// The days between rotations, where the schedule counts in days.
    var days: Int? {
        guard let rules else { return nil }
        if let days = rules.afterDays { return days }
        // Rules that make no schedule are not stored.
        let schedule = try? rules.schedule()
        return schedule?.days(
            after: lastRotatedAt ?? window?.opensAt.adding(hours: -1) ?? Date(timeIntervalSince1970: 0)
        )
    }

    /// Lets the next rotation begin in the window that follows a rotation at a date.
    mutating func scheduleNext(after date: Date) throws(SecretsManagerError) {
        window = isEnabled ? try rules?.schedule()?.window(after: date) : nil
    }

    /// Takes a value that somebody put for a rotation: schedules that count from the last one count from now.
    mutating func noteNewValue(at now: Date) throws(SecretsManagerError) {
        guard run == nil, isEnabled, let schedule = try rules?.schedule() else { return }
        if case .cron = schedule.recurrence { return }
        try scheduleNext(after: now)
    }
}

/// A rotation that was begun, or the test of one; it is kept until it has ended.
package struct RotationRun: Hashable, Sendable, Codable {
    /// The id of the version that is being made.
    package let token: String
    /// What functions show when they write the version, so that only this rotation's are taken.
    let rotationToken: String
    /// Whether only `testSecret` is run, on a copy of the current value.
    package let isTest: Bool
    package let startedAt: Date
    /// The step that is under way, or comes next.
    package internal(set) var step: RotationStep
    /// Whether `setSecret` has ever begun: the pending value may be in force from then on, so its version stays.
    package internal(set) var hasBegunSetting = false
    /// What has to be done should it be given up; nil while that is nothing.
    package internal(set) var restoration: Restoration?
    /// Attempts that failed since the rotation was begun, or a caller asked for another one.
    package internal(set) var failures = 0
    /// Whether the trail was told that it failed.
    package internal(set) var isGivenUp = false
    /// When it goes on.
    package internal(set) var dueAt: Date

    /// The way back of a rotation during which the current value may not be the one in force.
    package enum Restoration: String, Hashable, Sendable, Codable {
        /// `setSecret` has begun; giving the rotation up has the current value brought into force again.
        case needed
        /// The rotation was given up, and that is being done.
        case underWay
    }

    /// Whether all that is left to do is to bring the current value into force again.
    package var isRestoring: Bool { restoration == .underWay }

    init(token: String, isTest: Bool = false, at now: Date) {
        self.token = token
        rotationToken = EventID.random().description
        self.isTest = isTest
        startedAt = now
        step = isTest ? .testSecret : .createSecret
        dueAt = now
    }

    /// Lets the run be tried at once, as often as at first.
    mutating func beginAnew(at now: Date) {
        failures = 0
        isGivenUp = false
        dueAt = min(dueAt, now)
    }

    /// Whether a token that a function shows is this rotation's, and it may still write.
    func isRotationToken(_ text: String) -> Bool {
        ConstantTime.areEqual(rotationToken, text) && !isRestoring
    }
}
