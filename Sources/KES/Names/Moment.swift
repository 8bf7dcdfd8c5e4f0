import AWSProtocol

package import struct Foundation.Date

/// A moment to the nanosecond, as keys keep it; a `Date` is too coarse for that.
package struct Moment: Hashable, Sendable {
    /// Since 1970, rounded down.
    package let seconds: Int64
    package let nanoseconds: Int32

    /// Nil unless the nanoseconds are below 10⁹ and the year is one of 1 to 9999.
    package init?(seconds: Int64, nanoseconds: Int32) {
        guard (0..<1_000_000_000).contains(nanoseconds), Self.secondsRange.contains(seconds) else {
            return nil
        }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The nearest moment within the years 1 to 9999.
    package init(_ date: Date) {
        let whole = date.timeIntervalSince1970.rounded(.down)
        let limits = Double(Self.secondsRange.lowerBound)...Double(Self.secondsRange.upperBound)
        seconds = Int64(min(max(whole, limits.lowerBound), limits.upperBound))
        nanoseconds = Int32(min(max((date.timeIntervalSince1970 - whole) * 1e9, 0), 999_999_999))
    }

    package var date: Date {
        Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1e9)
    }

    /// RFC 3339 in UTC with as many decimals as are not zero, as in `2026-11-21T01:53:19.356961074Z`.
    package var rfc3339: String {
        let whole = Timestamp.iso8601(Date(timeIntervalSince1970: Double(seconds)))
        guard nanoseconds != 0 else { return whole }
        let digits = String(nanoseconds)
        var fraction = String(repeating: "0", count: 9 - digits.count) + digits
        while fraction.last == "0" { fraction.removeLast() }
        return whole.dropLast() + ".\(fraction)Z"
    }

    private static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
}
