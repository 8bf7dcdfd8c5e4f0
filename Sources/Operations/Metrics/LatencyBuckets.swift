/// The buckets into which durations are sorted: three to a decade, from 50 µs to 10 s, and one for what is longer.
package enum LatencyBuckets {
    /// Upper bounds, each belonging to its bucket, in nanoseconds.
    package static let bounds: [UInt64] = [
        50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000,
        500_000_000,
        1_000_000_000, 2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    /// With the bucket for what is longer than all bounds.
    package static var count: Int { 18 }

    /// The bucket of a duration.
    @inline(__always)
    package static func index(_ nanoseconds: UInt64) -> Int {
        // Nearly all requests end in the first buckets, so this is shorter than halving the list.
        if nanoseconds <= 50_000 { return 0 }
        return bounds.firstIndex { nanoseconds <= $0 } ?? bounds.count
    }
}

/// How many durations fell into each bucket, and their sum.
package struct LatencyDistribution: Hashable, Sendable {
    /// By bucket, not cumulative.
    package var counts: [UInt64]
    package var nanoseconds: UInt64

    package init(counts: [UInt64], nanoseconds: UInt64) {
        precondition(counts.count == LatencyBuckets.count, "a distribution has every bucket")
        self.counts = counts
        self.nanoseconds = nanoseconds
    }

    package var count: UInt64 { counts.reduce(0, &+) }
}

/// A distribution that many threads add to.
package final class LatencyRecorder: Sendable {
    private let counters: ShardedCounters

    package init() {
        counters = ShardedCounters(count: LatencyBuckets.count + 1)
    }

    package func record(nanoseconds: UInt64) {
        let shard = counters.currentShard
        counters.add(to: LatencyBuckets.index(nanoseconds), of: shard)
        counters.add(nanoseconds, to: LatencyBuckets.count, of: shard)
    }

    package var distribution: LatencyDistribution {
        LatencyDistribution(
            counts: (0..<LatencyBuckets.count).map(counters.total),
            nanoseconds: counters.total(LatencyBuckets.count)
        )
    }
}
