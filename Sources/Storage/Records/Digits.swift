package import struct Foundation.Date

/// Numbers in keys of records, which are ordered as texts.
package enum Digits {
    /// The number in so many digits; a negative one as zero.
    package static func text(_ number: Int64, count: Int) -> String {
        let text = String(max(0, number))
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    /// Milliseconds since 1970 in fifteen digits.
    package static func milliseconds(of date: Date) -> String { text(date.milliseconds, count: 15) }

    /// Seconds since 1970 in twelve digits, rounded up.
    package static func seconds(of date: Date) -> String {
        text(Int64(date.timeIntervalSince1970.rounded(.up)), count: 12)
    }
}

extension Date {
    /// Since 1970, to the nearest: a date that was stored and read again may differ in its last bit.
    package var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    /// The same to the nearest millisecond, which is the same again after it was stored and read.
    package var wholeMilliseconds: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
