/// Counts durations in buckets whose width grows with the duration, so that percentiles cost no memory.
///
/// A bucket is at most 1/128 as wide as what it holds, as in Gil Tene's HdrHistogram. Durations are in
/// nanoseconds; those over ``durationMax`` count as that.
package struct LatencyHistogram: Sendable {
    private static let precisionBits = 7
    /// About 73 minutes.
    package static let durationMax: UInt64 = (1 << 42) - 1

    private var buckets: [UInt64]
    package private(set) var count: UInt64 = 0
    /// The greatest duration recorded, exactly; 0 when there is none.
    package private(set) var greatest: UInt64 = 0
    private var sum: Double = 0

    package init() {
        buckets = Array(repeating: 0, count: Self.bucket(of: Self.durationMax) + 1)
    }

    /// Counts one duration.
    package mutating func record(_ nanoseconds: UInt64) {
        let duration = min(nanoseconds, Self.durationMax)
        buckets[Self.bucket(of: duration)] += 1
        count += 1
        greatest = max(greatest, duration)
        sum += Double(duration)
    }

    /// Adds what another histogram counted.
    package mutating func merge(_ other: LatencyHistogram) {
        for (index, number) in other.buckets.enumerated() { buckets[index] += number }
        count += other.count
        greatest = max(greatest, other.greatest)
        sum += other.sum
    }

    /// The mean duration; 0 when nothing was recorded.
    package var mean: Double { count == 0 ? 0 : sum / Double(count) }

    /// The least duration, to the precision of a bucket, that this share of all durations does not exceed.
    ///
    /// `share` is between 0 and 1; 0 when nothing was recorded.
    package func percentile(_ share: Double) -> UInt64 {
        precondition((0...1).contains(share), "a share is between 0 and 1")
        guard count > 0 else { return 0 }
        let wanted = max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, number) in buckets.enumerated() {
            seen += number
            if seen >= wanted { return min(Self.greatest(in: index), greatest) }
        }
        return greatest
    }

    /// Durations below 256 have a bucket each; above, every doubling is cut into 128.
    private static func bucket(of duration: UInt64) -> Int {
        let shift = shift(of: duration)
        return shift << precisionBits + Int(duration >> UInt64(shift))
    }

    private static func shift(of duration: UInt64) -> Int {
        max(0, UInt64.bitWidth - duration.leadingZeroBitCount - precisionBits - 1)
    }

    private static func greatest(in bucket: Int) -> UInt64 {
        let shift = max(0, bucket >> precisionBits - 1)
        let lead = UInt64(bucket - shift << precisionBits)
        return (lead + 1) << UInt64(shift) - 1
    }
}
