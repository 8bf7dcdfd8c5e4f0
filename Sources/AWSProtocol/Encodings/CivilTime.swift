/// A moment in UTC taken apart by the proleptic Gregorian calendar, without formatters or time zones.
///
/// Years 0 to 9999: what the text forms can hold.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    /// The last second that four digits of year can name.
    static let secondsMax: Int64 = 253_402_300_799
    /// The first second of the year 0.
    static let secondsMin: Int64 = -62_167_219_200

    /// Takes apart seconds since 1970; moments outside of the years 0 to 9999 become the nearest inside.
    package init(secondsSince1970: Int64) {
        let seconds = Int(min(max(secondsSince1970, Self.secondsMin), Self.secondsMax))
        let secondOfDay = seconds.modulo(86_400)
        // Days since 1 March of the year 0: the leap day is then the last of its year, and of each 4, 100
        // and 400 years.
        let days = (seconds - secondOfDay) / 86_400 + 719_468
        let era = (days - days.modulo(146_097)) / 146_097
        let dayOfEra = days.modulo(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        year = 400 * era + yearOfEra + (month <= 2 ? 1 : 0)
        hour = secondOfDay / 3_600
        minute = secondOfDay / 60 % 60
        second = secondOfDay % 60
    }

    /// Nil for a day or a time of day that does not exist; leap seconds do not.
    init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.days(in: month, of: year), (0..<24).contains(hour), (0..<60).contains(minute),
            (0..<60).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    package var secondsSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let yearOfEra = shiftedYear.modulo(400)
        let era = (shiftedYear - yearOfEra) / 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = 365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = 146_097 * era + dayOfEra - 719_468
        return Int64(days * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    /// 0 is Sunday.
    package var weekday: Int {
        let days = (secondsSince1970 - Int64(hour * 3_600 + minute * 60 + second)) / 86_400
        return Int(days + 4).modulo(7)
    }

    package static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int {
    /// The remainder that has the sign of a positive divisor.
    fileprivate func modulo(_ divisor: Int) -> Int {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
