/// When requests of a fixed rate are due, whether or not earlier ones were answered.
///
/// A latency counted from the due time includes what a request waited because others were slow; counted from
/// the sending it would leave that out ("coordinated omission"). Times are nanoseconds of one clock.
package struct OpenLoop: Sendable {
    private let start: UInt64
    private let end: UInt64
    private let interval: Double
    private var taken = 0

    /// - Parameters:
    ///   - rate: Requests per second, over 0.
    ///   - start: When the first one is due.
    ///   - end: Before when the last one is due.
    ///   - phase: The share of an interval by which everything is later, so that threads take turns.
    package init(rate: Double, from start: UInt64, to end: UInt64, phase: Double = 0) {
        precondition(rate > 0 && end >= start, "an open loop has a rate, and ends after it starts")
        interval = 1e9 / rate
        self.start = start + UInt64(interval * phase)
        self.end = end
    }

    /// When the next request is due; nil when there is none before the end.
    package var due: UInt64? {
        let time = start + UInt64((Double(taken) * interval).rounded())
        return time < end ? time : nil
    }

    /// Takes the next request if it is due; gives the time from which its latency counts.
    package mutating func take(now: UInt64) -> UInt64? {
        guard let due, due <= now else { return nil }
        taken += 1
        return due
    }
}
