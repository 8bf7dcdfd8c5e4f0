/// What a run of the load generator found, as JSON.
package struct LoadReport: Codable, Hashable, Sendable {
    /// Requests answered as expected within the measured time.
    package let requests: UInt64
    /// Requests that nobody waited for any longer; ``latency`` counts how long they were waited for.
    package let unanswered: UInt64
    package let seconds: Double
    package let requestsPerSecond: Double
    package let latency: Latency
    /// What went wrong, how often, in the whole run.
    package let errors: [String: Int]
    /// The first thing that went wrong, with the start of the answer.
    package let firstError: String?
    /// CPU time of the watched processes, user and kernel; nil when none was watched.
    package let serverMicrosecondsPerRequest: Double?
    package let clientMicrosecondsPerRequest: Double

    /// Microseconds.
    package struct Latency: Codable, Hashable, Sendable {
        package let mean, p50, p90, p99, p999, max: Double

        package init(_ histogram: LatencyHistogram) {
            func microseconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1000 }
            mean = histogram.mean / 1000
            p50 = microseconds(histogram.percentile(0.5))
            p90 = microseconds(histogram.percentile(0.9))
            p99 = microseconds(histogram.percentile(0.99))
            p999 = microseconds(histogram.percentile(0.999))
            max = microseconds(histogram.greatest)
        }
    }

    /// CPU time per wall time, from two readings of the same clocks.
    package struct Usage: Hashable, Sendable {
        /// CPU seconds per second.
        package let server: Double?
        package let client: Double

        package init(server: Double?, client: Double) {
            self.server = server
            self.client = client
        }
    }

    /// Puts together what was counted in `seconds` of measured time; `unanswered` of it got no answer.
    package init(
        _ histogram: LatencyHistogram,
        unanswered: UInt64 = 0,
        seconds: Double,
        usage: Usage,
        errors: [String: Int],
        firstError: String?
    ) {
        requests = histogram.count - unanswered
        self.unanswered = unanswered
        self.seconds = seconds
        let rate = seconds > 0 ? Double(requests) / seconds : 0
        requestsPerSecond = rate
        latency = Latency(histogram)
        self.errors = errors
        self.firstError = firstError
        serverMicrosecondsPerRequest = usage.server.map { rate > 0 ? $0 / rate * 1e6 : 0 }
        clientMicrosecondsPerRequest = rate > 0 ? usage.client / rate * 1e6 : 0
    }
}
