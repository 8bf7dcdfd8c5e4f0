package import struct Foundation.Date

/// The text forms in which AWS protocols write moments; all are UTC.
///
/// Fractions of seconds are cut off where a form has none. Moments outside of the years 0 to 9999 become the
/// nearest inside.
package enum Timestamp {
    /// ISO 8601 basic form, as in `20150830T123600Z`: `X-Amz-Date`.
    package static func basic(_ date: Date) -> String { basic(seconds: seconds(of: date)) }

    /// The day of the ISO 8601 basic form, as in `20150830`: the scope of signatures.
    package static func day(_ date: Date) -> String { String(basic(date).prefix(8)) }

    /// ISO 8601 extended form, as in `2015-08-30T12:36:00Z`.
    package static func iso8601(_ date: Date) -> String { extended(date, milliseconds: false) }

    /// ISO 8601 extended form with milliseconds, as in `2015-08-30T12:36:00.000Z`: dates in S3's answers.
    package static func iso8601Milliseconds(_ date: Date) -> String { extended(date, milliseconds: true) }

    /// The readable form CloudTrail uses inside of `responseElements`, as in `Aug 30, 2015, 12:36:00 PM`.
    package static func cloudTrail(_ date: Date) -> String {
        let time = CivilTime(secondsSince1970: seconds(of: date))
        let hour = time.hour % 12 == 0 ? 12 : time.hour % 12
        return text(capacity: 25) {
            $0.append(months[time.month - 1])
            $0.append(" ")
            $0.append(upToTwo: time.day)
            $0.append(", ")
            $0.append(String(time.year))
            $0.append(", ")
            $0.append(upToTwo: hour)
            $0.append(":")
            $0.append(two: time.minute)
            $0.append(":")
            $0.append(two: time.second)
            $0.append(time.hour < 12 ? " AM" : " PM")
        }
    }

    /// The date of HTTP headers, as in `Sun, 30 Aug 2015 12:36:00 GMT` (RFC 9110 section 5.6.7).
    package static func http(_ date: Date) -> String {
        let time = CivilTime(secondsSince1970: seconds(of: date))
        return text(capacity: 29) {
            $0.append(weekdays[time.weekday])
            $0.append(", ")
            $0.append(two: time.day)
            $0.append(" ")
            $0.append(months[time.month - 1])
            $0.append(" ")
            $0.append(two: time.year / 100)
            $0.append(two: time.year % 100)
            $0.append(" ")
            $0.append(clock: time, separator: ":")
            $0.append(" GMT")
        }
    }

    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    static func basic(seconds: Int64) -> String {
        text(capacity: 16) { appendBasic(seconds: seconds, to: &$0) }
    }

    static func appendBasic(seconds: Int64, to bytes: inout [UInt8]) {
        let time = CivilTime(secondsSince1970: seconds)
        bytes.append(day: time, separator: "")
        bytes.append("T")
        bytes.append(clock: time, separator: "")
        bytes.append("Z")
    }

    /// Whole seconds since 1970, rounded down, within the years 0 to 9999.
    static func seconds(of date: Date) -> Int64 {
        milliseconds(of: date).flooredQuotient(by: 1_000)
    }

    /// Milliseconds since 1970, rounded to the nearest, within the years 0 to 9999.
    static func milliseconds(of date: Date) -> Int64 {
        let exact = (date.timeIntervalSince1970 * 1_000).rounded()
        let limits = Double(CivilTime.secondsMin * 1_000)...Double(CivilTime.secondsMax * 1_000 + 999)
        return exact.isNaN ? 0 : Int64(min(max(exact, limits.lowerBound), limits.upperBound))
    }

    private static func extended(_ date: Date, milliseconds showsMilliseconds: Bool) -> String {
        let milliseconds = milliseconds(of: date)
        let seconds = milliseconds.flooredQuotient(by: 1_000)
        let time = CivilTime(secondsSince1970: seconds)
        return text(capacity: 24) {
            $0.append(day: time, separator: "-")
            $0.append("T")
            $0.append(clock: time, separator: ":")
            if showsMilliseconds {
                let fraction = Int(milliseconds - seconds * 1_000)
                $0.append(".\(fraction / 100)")
                $0.append(two: fraction % 100)
            }
            $0.append("Z")
        }
    }

    private static func text(capacity: Int, _ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(capacity)
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Without a leading zero.
    fileprivate mutating func append(upToTwo value: Int) {
        if value >= 10 { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10)) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }

    fileprivate mutating func append(two value: Int) {
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10))
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
    }

    fileprivate mutating func append(day time: CivilTime, separator: String) {
        append(two: time.year / 100)
        append(two: time.year % 100)
        append(separator)
        append(two: time.month)
        append(separator)
        append(two: time.day)
    }

    fileprivate mutating func append(clock time: CivilTime, separator: String) {
        append(two: time.hour)
        append(separator)
        append(two: time.minute)
        append(separator)
        append(two: time.second)
    }
}

extension Int64 {
    /// The quotient rounded towards minus infinity.
    func flooredQuotient(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor)
    }
}
