import Operations

package import struct Foundation.Date

/// When a secret is rotated, as it was asked for: the `RotationRules` of RotateSecret, which have been read once.
package struct RotationRules: Hashable, Sendable, Codable {
    package let afterDays: Int?
    package let expression: String?
    package let duration: String?

    /// Rules of a request.
    ///
    /// - Throws: `.invalidParameter` for rules that make no schedule.
    init(_ input: Input, at now: Date) throws(SecretsManagerError) {
        afterDays = input.integer("AutomaticallyAfterDays")
        expression = input.string("ScheduleExpression")
        duration = input.string("Duration")
        guard afterDays == nil || expression == nil else {
            throw .invalidParameter(
                "You cannot specify both rotation frequency and schedule expression together."
            )
        }
        guard afterDays != nil || expression != nil || duration == nil else {
            throw .invalidParameter("You can't specify a Duration without a rotation schedule.")
        }
        try schedule()?.requireWindows(after: now)
    }

    /// The schedule; nil for rules that leave it to callers when the secret is rotated.
    ///
    /// - Throws: `.invalidParameter` for rules that make none.
    func schedule() throws(SecretsManagerError) -> RotationSchedule? {
        if let afterDays { return try RotationSchedule(.days(afterDays), duration: duration) }
        guard let expression else { return nil }
        guard let recurrence = RotationSchedule.Recurrence(expression) else {
            throw .invalidParameter("The schedule expression \(expression) is not valid.")
        }
        return try RotationSchedule(recurrence, duration: duration)
    }
}

/// A time in which a secret may be rotated.
package struct RotationWindow: Hashable, Sendable, Codable {
    package let opensAt: Date
    package let closesAt: Date

    /// The last second of the window: the date on or before which AWS says a rotation comes.
    var lastMoment: Date { closesAt.adding(seconds: -1) }

    func contains(_ date: Date) -> Bool { opensAt <= date && date < closesAt }
}
