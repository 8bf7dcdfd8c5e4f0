/// A moment as policies write it: a W3C date-time or seconds since 1970.
///
/// Source: IAM User Guide, "Date condition operators"; https://www.w3.org/TR/NOTE-datetime.
struct PolicyInstant: Hashable, Comparable, Sendable {
    private let microseconds: Int64

    private static let epochDigitsMax = 12

    /// Reads a date-time or epoch seconds; nil for anything else.
    ///
    /// Date-times are `2026`, `2026-11`, `2026-11-21`, `2026-11-21T10:00Z` and `2026-11-21T10:00:00.5+01:00`.
    /// Epoch seconds may have a fraction; four digits alone are a year.
    init?(_ text: String) {
        var reader = DateReader(bytes: Array(text.utf8))
        guard let microseconds = Self.epoch(text) ?? reader.dateTime() else { return nil }
        self.microseconds = microseconds
    }

    static func < (left: PolicyInstant, right: PolicyInstant) -> Bool {
        left.microseconds < right.microseconds
    }

    private static func epoch(_ text: String) -> Int64? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Digit.isDigit) }),
            parts[0].count <= epochDigitsMax, parts.count == 2 || parts[0].count != 4,
            let seconds = Int64(Substring(parts[0]))
        else { return nil }
        return seconds * 1_000_000 + (parts.count == 2 ? fraction(Array(parts[1])) : 0)
    }

    /// Digits behind a point as microseconds; further digits are cut.
    fileprivate static func fraction(_ digits: [UInt8]) -> Int64 {
        var value: Int64 = 0
        for index in 0..<6 {
            value = value * 10 + Int64(index < digits.count ? Digit.value(digits[index]) ?? 0 : 0)
        }
        return value
    }

    /// The time of day and date of epoch seconds as `2026-11-21T10:00:00Z`.
    static func text(epochSeconds: Int64) -> String {
        let day = epochSeconds >= 0 ? epochSeconds / 86_400 : (epochSeconds - 86_399) / 86_400
        let second = epochSeconds - day * 86_400
        let date = CivilDate(day: day)
        let time = [second / 3_600, second / 60 % 60, second % 60].map { pad($0, 2) }
        return "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))T"
            + "\(time[0]):\(time[1]):\(time[2])Z"
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// Steps through the parts of a W3C date-time.
private struct DateReader {
    let bytes: [UInt8]
    var position = 0

    /// Reads the whole text as microseconds since 1970.
    mutating func dateTime() -> Int64? {
        guard let year = number(4), year > 0 else { return nil }
        var month: Int64 = 1
        var day: Int64 = 1
        if take("-") {
            guard let value = number(2), (1...12).contains(value) else { return nil }
            month = value
            if take("-") {
                guard let value = number(2), value >= 1,
                    value <= CivilDate.days(inMonth: month, of: year)
                else { return nil }
                day = value
                if take("T") { return time(on: CivilDate.dayNumber(year, month, day)) }
            }
        }
        guard position == bytes.count else { return nil }
        return CivilDate.dayNumber(year, month, day) * 86_400_000_000
    }

    private mutating func time(on day: Int64) -> Int64? {
        guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60 else {
            return nil
        }
        var second: Int64 = 0
        var fraction: Int64 = 0
        if take(":") {
            // Second 60 is a leap second, which counts as the next minute's first.
            guard let value = number(2), value <= 60 else { return nil }
            second = value
            if take(".") {
                let digits = Array(bytes[position...].prefix { Digit.isDigit($0) })
                guard !digits.isEmpty else { return nil }
                position += digits.count
                fraction = PolicyInstant.fraction(digits)
            }
        }
        guard let offset = zone(), position == bytes.count else { return nil }
        let seconds = day * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return seconds * 1_000_000 + fraction
    }

    /// The offset from UTC in seconds.
    private mutating func zone() -> Int64? {
        if take("Z") { return 0 }
        let sign: Int64 = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60
        else {
            return nil
        }
        return sign * (hour * 3_600 + minute * 60)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func number(_ width: Int) -> Int64? {
        guard position + width <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<(position + width)] {
            guard let digit = Digit.value(byte) else { return nil }
            value = value * 10 + Int64(digit)
        }
        position += width
        return value
    }
}
