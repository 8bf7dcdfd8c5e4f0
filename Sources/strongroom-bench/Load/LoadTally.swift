import BenchmarkKit

/// What a thread has counted.
struct LoadTally: Sendable {
    var latencies = LatencyHistogram()
    /// How many of them are of requests that got no answer.
    var unanswered: UInt64 = 0
    var errors: [String: Int] = [:]
    var firstError: String?
    /// When the last answer came; nanoseconds of the ``MonotonicClock``, 0 when none did.
    var lastAnswer: UInt64 = 0

    /// Counts an error; `answer` is what the server said.
    mutating func note(_ error: String, answer: String? = nil) {
        errors[error, default: 0] += 1
        guard firstError == nil else { return }
        firstError = answer.map { "\(error): \($0)" } ?? error
    }

    mutating func merge(_ other: LoadTally) {
        latencies.merge(other.latencies)
        unanswered += other.unanswered
        errors.merge(other.errors, uniquingKeysWith: +)
        firstError = firstError ?? other.firstError
        lastAnswer = max(lastAnswer, other.lastAnswer)
    }
}
