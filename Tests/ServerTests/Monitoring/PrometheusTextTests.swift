import Operations
import Testing

@testable import Server

@Suite("Prometheus text")
struct PrometheusTextTests {
    @Test func `escapes what would end a label or a line`() {
        var text = PrometheusText()
        text.begin("strongroom_test", .gauge, "A \\ help\nof two lines with \"quotes\".")
        text.sample([("label", "a\"b\\c\nd"), ("other", "ü")], 1)
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP strongroom_test A \\\\ help\\nof two lines with "quotes".
                # TYPE strongroom_test gauge
                strongroom_test{label="a\\"b\\\\c\\nd",other="ü"} 1

                """
        )
    }

    @Test func `adds buckets up`() {
        var counts = [UInt64](repeating: 0, count: LatencyBuckets.count)
        counts[0] = 3
        counts[4] = 2
        counts[17] = 1
        var text = PrometheusText()
        text.begin("strongroom_wait_seconds", .histogram, "Waiting.")
        text.histogram([("a", "b")], LatencyDistribution(counts: counts, nanoseconds: 1_500_000_000))
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n").dropFirst(2)
        #expect(lines.count == 20)
        #expect(lines.first == "strongroom_wait_seconds_bucket{a=\"b\",le=\"5e-05\"} 3")
        #expect(lines.contains("strongroom_wait_seconds_bucket{a=\"b\",le=\"0.0005\"} 3"))
        #expect(lines.contains("strongroom_wait_seconds_bucket{a=\"b\",le=\"0.001\"} 5"))
        #expect(lines.contains("strongroom_wait_seconds_bucket{a=\"b\",le=\"10.0\"} 5"))
        #expect(
            lines.suffix(3) == [
                "strongroom_wait_seconds_bucket{a=\"b\",le=\"+Inf\"} 6",
                "strongroom_wait_seconds_sum{a=\"b\"} 1.5", "strongroom_wait_seconds_count{a=\"b\"} 6",
            ]
        )
    }

    @Test(arguments: [
        (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0.25, "0.25"), (1e21, "1e+21"),
    ])
    func `writes numbers as Go reads them`(_ value: Double, _ expected: String) {
        #expect(value.prometheusText == expected)
    }
}
