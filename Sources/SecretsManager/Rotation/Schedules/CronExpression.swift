import AWSProtocol

import struct Foundation.Date

/// Hours of certain days at which rotation windows open, in UTC: `cron(0 Hours Day-of-month Month Day-of-week *)`.
///
/// Source: Secrets Manager User Guide, "Rotation schedules", "Cron expressions".
struct CronExpression: Hashable, Sendable {
    /// Which days of a month; an expression says it by their numbers or by weekdays, never both.
    private enum Days: Hashable {
        case ofMonth(CronField?, includesLast: Bool, lastOfWeekdays: Set<Int>)
        case ofWeek(CronField?, last: Set<Int>, nth: Set<Nth>)
    }

    /// Such as the second Tuesday of a month.
    private struct Nth: Hashable {
        let weekday: Int
        let number: Int
    }

    let hours: [Int]
    private let days: Days
    private let months: CronField

    /// Days after which an expression that matched none never will: from one 29 February to the next that falls on a
    /// certain weekday may be 40 years.
    private static let daysMax = 15_000

    private static let monthNames = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]
    private static let dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    private static let weekdays = 1...7

    /// Reads what stands between the parentheses; nil for text that is no such expression.
    init?(_ text: some StringProtocol) {
        let fields = text.split(separator: " ").map { Substring($0) }
        guard fields.count == 6, fields[0] == "0", fields[5] == "*",
            let hours = CronField(fields[1], in: 0...23),
            let months = CronField(fields[3], in: 1...12, names: Self.monthNames)
        else { return nil }
        self.hours = hours.numbers
        self.months = months
        switch (fields[2], fields[4]) {
        case (let ofMonth, "?"):
            guard let days = Self.daysOfMonth(ofMonth) else { return nil }
            self.days = days
        case ("?", let ofWeek):
            guard let days = Self.daysOfWeek(ofWeek) else { return nil }
            self.days = days
        default: return nil
        }
    }

    private static func daysOfMonth(_ text: Substring) -> Days? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        var numbers: [Substring] = []
        var includesLast = false
        var last: Set<Int> = []
        for part in parts {
            if part == "L" {
                includesLast = true
            } else if part.last == "L", let name = dayNames.firstIndex(of: part.dropLast().uppercased()) {
                last.insert(weekdays.lowerBound + name)
            } else {
                numbers.append(part)
            }
        }
        let field = CronField(Substring(numbers.joined(separator: ",")), in: 1...31)
        guard !parts.isEmpty, numbers.isEmpty || field != nil else { return nil }
        return .ofMonth(field, includesLast: includesLast, lastOfWeekdays: last)
    }

    private static func daysOfWeek(_ text: Substring) -> Days? {
        var plain: [Substring] = []
        var last: Set<Int> = []
        var nth: Set<Nth> = []
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        for part in parts {
            let halves = part.split(separator: "#", omittingEmptySubsequences: false)
            if halves.count == 2 {
                guard let weekday = CronField.value(halves[0], weekdays, dayNames),
                    let number = CronField.number(halves[1]), (1...5).contains(number)
                else { return nil }
                nth.insert(Nth(weekday: weekday, number: number))
            } else if part == "L" {
                // Alone it is the last day of the week.
                plain.append("7")
            } else if part.last == "L" {
                guard let weekday = CronField.value(part.dropLast(), weekdays, dayNames) else { return nil }
                last.insert(weekday)
            } else {
                plain.append(part)
            }
        }
        let field = CronField(
            Substring(plain.joined(separator: ",")),
            in: weekdays,
            names: dayNames
        )
        guard !parts.isEmpty, plain.isEmpty || field != nil else { return nil }
        return .ofWeek(field, last: last, nth: nth)
    }

    // MARK: Matching

    /// The first moment after another at which a window opens; nil when none ever will.
    func opening(after date: Date) -> Date? {
        let midnight = Moment.midnight(of: date)
        var day = 0
        while day < Self.daysMax {
            let start = midnight.adding(hours: 24 * day)
            let time = CivilTime(secondsSince1970: start.wholeSeconds)
            guard months.contains(time.month) else {
                day += CivilTime.days(in: time.month, of: time.year) - time.day + 1
                continue
            }
            day += 1
            guard matches(time) else { continue }
            for hour in hours {
                let moment = start.adding(hours: hour)
                if moment > date { return moment }
            }
        }
        return nil
    }

    /// Whether windows open on a day of a month in which some may.
    private func matches(_ time: CivilTime) -> Bool {
        let daysOfMonth = CivilTime.days(in: time.month, of: time.year)
        let weekday = time.weekday + 1
        let isLastOfWeekday = time.day + 7 > daysOfMonth
        switch days {
        case .ofMonth(let numbers, let includesLast, let last):
            return numbers?.contains(time.day) ?? false || includesLast && time.day == daysOfMonth
                || last.contains(weekday) && isLastOfWeekday
        case .ofWeek(let numbers, let last, let nth):
            return numbers?.contains(weekday) ?? false
                || last.contains(weekday) && isLastOfWeekday
                || nth.contains(Nth(weekday: weekday, number: (time.day - 1) / 7 + 1))
        }
    }
}
