import struct Foundation.Date

/// When the windows of rotations open and close, in UTC.
///
/// Source: Secrets Manager User Guide, "Rotation schedules".
struct RotationSchedule: Hashable, Sendable {
    enum Recurrence: Hashable, Sendable {
        /// So many days after the last rotation, from midnight on.
        case days(Int)
        /// So many hours after the last rotation, from the full hour on.
        case hours(Int)
        case cron(CronExpression)
    }

    let recurrence: Recurrence
    /// How long windows are open; nil for an hour or, with schedules in days, the rest of the day.
    private let durationHours: Int?

    private static let hoursMin = 4

    /// A schedule with windows of a duration such as `3h`.
    ///
    /// - Throws: `.invalidParameter` for windows that would go into the next day or the next window, and rotations
    ///   more often than every four hours.
    init(_ recurrence: Recurrence, duration: String?) throws(SecretsManagerError) {
        self.recurrence = recurrence
        durationHours = try duration.map { text throws(SecretsManagerError) in
            guard text.hasSuffix("h"), let hours = CronField.number(text.dropLast()), hours >= 1 else {
                throw .invalidParameter("The rotation window duration \(text) is not valid.")
            }
            return hours
        }
        let duration = durationHours ?? 1
        switch recurrence {
        case .days:
            guard duration <= 24 else { throw Self.endless }
        case .hours(let hours):
            guard hours >= Self.hoursMin else { throw Self.tooOften }
            guard duration <= hours else { throw Self.endless }
        case .cron(let expression):
            let gaps = zip(expression.hours, expression.hours.dropFirst()).map { $1 - $0 }
            guard gaps.allSatisfy({ $0 >= Self.hoursMin }) else { throw Self.tooOften }
            guard gaps.allSatisfy({ $0 >= duration }), (expression.hours.last ?? 0) + duration <= 24 else {
                throw Self.endless
            }
        }
    }

    private static let endless = SecretsManagerError.invalidParameter(
        "The rotation window must not extend into the next UTC day or into the next rotation window."
    )
    private static let tooOften = SecretsManagerError.invalidParameter(
        "You can rotate a secret at most every \(hoursMin) hours."
    )

    /// Refuses schedules that have no windows.
    func requireWindows(after date: Date) throws(SecretsManagerError) {
        guard window(after: date) != nil else {
            throw .invalidParameter("The schedule expression never comes to a date.")
        }
    }

    /// The window that follows a rotation at a date; nil when there is none.
    func window(after date: Date) -> RotationWindow? {
        switch recurrence {
        case .days(let days): window(openingAt: Moment.midnight(of: date).adding(hours: 24 * days))
        case .hours(let hours): window(openingAt: Moment.hour(of: date).adding(hours: hours))
        case .cron(let expression): expression.opening(after: date).map(window(openingAt:))
        }
    }

    /// The window for a rotation that did not come in its own: one that is open now, else the next.
    func overdueWindow(at now: Date) -> RotationWindow? {
        switch recurrence {
        case .days:
            let today = window(openingAt: Moment.midnight(of: now))
            return today.contains(now) ? today : window(openingAt: today.opensAt.adding(hours: 24))
        case .hours: return window(openingAt: Moment.hour(of: now))
        case .cron(let expression):
            // No window is longer than a day.
            var window = expression.opening(after: now.adding(hours: -24)).map(window(openingAt:))
            while let earlier = window, earlier.closesAt <= now {
                window = self.window(after: earlier.opensAt)
            }
            return window
        }
    }

    /// The window for another attempt after a rotation failed and was taken back.
    func window(retryingAfter date: Date) -> RotationWindow? {
        switch recurrence {
        case .days: window(openingAt: Moment.midnight(of: date).adding(hours: 24))
        case .hours: window(openingAt: Moment.hour(of: date).adding(hours: 1))
        case .cron: window(after: date)
        }
    }

    /// The days between rotations, as DescribeSecret shows them; nil for schedules in hours.
    func days(after date: Date) -> Int? {
        switch recurrence {
        case .days(let days): return days
        case .hours: return nil
        case .cron(let expression):
            guard let first = expression.opening(after: date), let second = expression.opening(after: first)
            else { return nil }
            return Int((second.timeIntervalSince(first) / 86_400).rounded(.up))
        }
    }

    private func window(openingAt date: Date) -> RotationWindow {
        let closing: Date
        switch (durationHours, recurrence) {
        case (let hours?, _): closing = date.adding(hours: hours)
        case (nil, .hours): closing = date.adding(hours: 1)
        case (nil, .cron(let expression)) where expression.hours.count > 1: closing = date.adding(hours: 1)
        case (nil, _): closing = Moment.midnight(of: date).adding(hours: 24)
        }
        return RotationWindow(opensAt: date, closesAt: closing)
    }
}

// MARK: Expressions

extension RotationSchedule.Recurrence {
    /// The longest time between rotations.
    private static let daysMax = 999

    /// Reads `rate(10 days)` or `cron(0 8 1 * ? *)`; nil for anything else.
    init?(_ text: String) {
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else { return nil }
        let inside = text[text.index(after: open)...].dropLast()
        switch text[..<open] {
        case "cron":
            guard let expression = CronExpression(inside) else { return nil }
            self = .cron(expression)
        case "rate":
            let words = inside.split(separator: " ")
            guard words.count == 2, let number = CronField.number(words[0]), number >= 1 else { return nil }
            switch words[1] {
            case "day" where number <= Self.daysMax, "days" where number <= Self.daysMax: self = .days(number)
            case "hour" where number <= 24 * Self.daysMax, "hours" where number <= 24 * Self.daysMax:
                self = .hours(number)
            default: return nil
            }
        default: return nil
        }
    }
}
