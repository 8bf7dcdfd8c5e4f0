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

        fileprivate mutating func add(_ status: Int, _ nanoseconds: Int64) {
            requests[status, default: 0] += 1
            buckets[
                RequestMeter.boundNanoseconds.firstIndex { nanoseconds <= $0 } ?? RequestMeter.bounds.count
            ] += 1
            self.nanoseconds += nanoseconds
        }
    }

    /// In seconds.
    static let bounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 3, 5, 10]
    fileprivate static let boundNanoseconds = bounds.map { Int64($0 * 1e9) }

    private let counts = Mutex(Counts())

    var snapshot: Counts { counts.withLock { $0 } }

    func began() { counts.withLock { $0.active += 1 } }

    func ended(status: Int, after time: TimeAmount) {
        counts.withLock { counts in
            counts.active -= 1
            counts.add(status, time.nanoseconds)
        }
    }

    /// Counts requests that were answered with success as soon as they had come.
    func succeeded(after times: [TimeAmount]) {
        counts.withLock { counts in
            for time in times { counts.add(200, time.nanoseconds) }
        }
    }

    /// A request whose client left before its answer.
    func abandoned() { counts.withLock { $0.active -= 1 } }
}
