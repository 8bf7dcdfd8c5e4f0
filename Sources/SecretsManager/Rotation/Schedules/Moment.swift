import struct Foundation.Date

/// Dates of schedules: whole hours of UTC.
enum Moment {
    static func midnight(of date: Date) -> Date { floor(date, to: 86_400) }

    static func hour(of date: Date) -> Date { floor(date, to: 3_600) }

    private static func floor(_ date: Date, to seconds: Double) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / seconds).rounded(.down) * seconds)
    }
}

extension Date {
    var wholeSeconds: Int64 { Int64(timeIntervalSince1970.rounded(.down)) }

    func adding(hours: Int) -> Date {
        Date(timeIntervalSince1970: timeIntervalSince1970 + Double(hours) * 3_600)
    }

    func adding(seconds: Double) -> Date {
        Date(timeIntervalSince1970: timeIntervalSince1970 + seconds)
    }
}
