import BenchmarkKit
import Testing

@Suite("LatencyHistogram")
struct LatencyHistogramTests {
    @Test(arguments: [1, 7, 42] as [UInt64])
    func `tells percentiles to one part in 128`(_ seed: UInt64) {
        var random = seed
        var histogram = LatencyHistogram()
        var durations: [UInt64] = []
        for _ in 0..<10_000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Of every size from nanoseconds to minutes.
            let duration = (random >> 1) >> (22 + (random >> 58) % 40)
            durations.append(duration)
            histogram.record(duration)
        }
        durations.sort()
        for share in [0.001, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = durations[Int((share * 10_000).rounded(.up)) - 1]
            let told = histogram.percentile(share)
            #expect(
                told >= exact && told <= exact + exact / 128 + 1,
                "seed \(seed), \(share): \(exact), \(told)"
            )
        }
        #expect(histogram.greatest == durations.last)
        #expect(histogram.percentile(1) == durations.last)
    }

    @Test func `is exact for what is short`() {
        var histogram = LatencyHistogram()
        for duration in 1...200 as ClosedRange<UInt64> { histogram.record(duration) }
        #expect(histogram.percentile(0.5) == 100)
        #expect(histogram.percentile(0.99) == 198)
        #expect(histogram.mean == 100.5)
    }

    @Test func `has no percentile over nothing`() {
        let histogram = LatencyHistogram()
        #expect(histogram.percentile(0.99) == 0 && histogram.mean == 0 && histogram.greatest == 0)
    }

    @Test func `counts what is longer than it can tell as the longest`() {
        var histogram = LatencyHistogram()
        histogram.record(.max)
        #expect(histogram.percentile(0.5) == LatencyHistogram.durationMax)
    }

    @Test func `merges into what one histogram would have counted`() {
        var (one, other, all) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for number in 0..<5_000 as Range<UInt64> {
            let duration = number * number * 37
            if number % 3 == 0 { one.record(duration) } else { other.record(duration) }
            all.record(duration)
        }
        one.merge(other)
        #expect(one.count == all.count && one.mean == all.mean && one.greatest == all.greatest)
        for share in [0.1, 0.5, 0.99] { #expect(one.percentile(share) == all.percentile(share)) }
    }
}
