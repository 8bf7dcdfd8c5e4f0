import NIOCore
import Synchronization

/// Counts requests to keys, policies and identities, as the metrics tell them.
final class RequestMeter: Sendable {
    struct Counts: Sendable {
        /// By status.
        var requests: [Int: Int] = [:]
        var active = 0
        /// Requests by the first bound that they did not pass, and the last for those that passed all.
        var buckets = [Int](repeating: 0, count: RequestMeter.bounds.count + 1)
        var nanoseconds: Int64 = 0
    }

    /// In seconds.
    static let bounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 3, 5, 10]
    private static let boundNanoseconds = bounds.map { Int64($0 * 1e9) }

    private let counts = Mutex(Counts())

    var snapshot: Counts { counts.withLock { $0 } }

    func began() { counts.withLock { $0.active += 1 } }

    func ended(status: Int, after time: TimeAmount) {
        let bucket =
            Self.boundNanoseconds.firstIndex { time.nanoseconds <= $0 } ?? Self.boundNanoseconds.count
        counts.withLock { counts in
            counts.active -= 1
            counts.requests[status, default: 0] += 1
            counts.buckets[bucket] += 1
            counts.nanoseconds += time.nanoseconds
        }
    }

    /// A request whose client left before its answer.
    func abandoned() { counts.withLock { $0.active -= 1 } }
}
