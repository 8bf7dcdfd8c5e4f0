import Foundation

/// Event times as text, `2026-11-21T04:39:49Z`, by plain arithmetic.
enum EventTime {
    private static let secondsMax: Int64 = 253_402_300_799  // the end of the year 9999

    /// Whole seconds since 1970, rounded down, within what four digits of year can say.
    static func seconds(_ date: Date) -> Int64 {
        let value = date.timeIntervalSince1970.rounded(.down)
        guard value > 0 else { return 0 }
        return value >= Double(secondsMax) ? secondsMax : Int64(value)
    }

    static let textBytes = 20

    /// Writes the text into memory of `textBytes` bytes.
    static func write(_ date: Date, to text: UnsafeMutablePointer<UInt8>) {
        let seconds = Int(seconds(date))
        let (year, month, day) = civil(seconds / 86_400)
        let clock = seconds % 86_400
        pair(year / 100, text)
        pair(year % 100, text + 2)
        text[4] = 0x2D
        pair(month, text + 5)
        text[7] = 0x2D
        pair(day, text + 8)
        text[10] = 0x54
        pair(clock / 3_600, text + 11)
        text[13] = 0x3A
        pair(clock / 60 % 60, text + 14)
        text[16] = 0x3A
        pair(clock % 60, text + 17)
        text[19] = 0x5A
    }

    private static func pair(_ value: Int, _ text: UnsafeMutablePointer<UInt8>) {
        text[0] = 0x30 + UInt8(value / 10)
        text[1] = 0x30 + UInt8(value % 10)
    }

    static func text(_ date: Date) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: textBytes) { text in
            if let start = text.baseAddress { write(date, to: start) }
            return String(decoding: UnsafeBufferPointer(text), as: UTF8.self)
        }
    }

    /// Reads `YYYY-MM-DDTHH:MM:SSZ`; nil for anything else and for days that do not exist.
    static func parse(_ text: some Collection<UInt8>) -> Date? {
        let bytes = Array(text.prefix(21))
        guard bytes.count == 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] == 0x54, bytes[13] == 0x3A,
            bytes[16] == 0x3A, bytes[19] == 0x5A,
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]),
            let day = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
            let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            year >= 1970, hour < 24, minute < 60, second < 60
        else { return nil }
        let days = daysSince1970(year, month, day)
        guard civil(days) == (year, month, day) else { return nil }
        return Date(timeIntervalSince1970: Double(days * 86_400 + hour * 3_600 + minute * 60 + second))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard case 0x30...0x39 = digit else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    // The Gregorian calendar repeats every 400 years of 146,097 days. Years are counted from March, so that
    // the leap day is the last of its year.

    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let yearOfEra = shifted % 400
        let marchMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return shifted / 400 * 146_097 + dayOfEra - 719_468
    }
}
