import AWSProtocol
package import Logging
package import Operations
import Synchronization

/// Tells the operator of requests that failed for a fault of the server, without a line for each.
///
/// While the store is out of reach every request fails. The first failure of a sort is told at once; those that
/// follow within ``interval`` are counted and told together, with the last one's request.
package final class FaultLog: Sendable {
    /// How long failures of one sort are counted before they are told.
    package static let interval = Duration.seconds(1)
    /// Sorts that are told apart at a time; further ones are counted as one.
    package static let sortsMax = 64

    /// What makes failures the same to the operator.
    private struct Sort: Hashable {
        let step: String
        let reason: String
    }

    private struct Count {
        var toldAt: ContinuousClock.Instant
        var untold = 0
        /// The last failure's request.
        var request: String
    }

    private static let others = Sort(step: "other", reason: "more sorts of failures than are told apart")

    private let logger: Logger
    private let counts = Mutex<[Sort: Count]>([:])

    package init(logger: Logger) {
        self.logger = logger
    }

    /// Takes note of a failure at an instant, and tells of it at once when it is the first of its sort.
    package func note(_ fault: ServerFault, at instant: ContinuousClock.Instant) {
        let request = fault.requestID?.description ?? "-"
        let isFirst = counts.withLock { counts in
            var sort = Sort(step: fault.step, reason: fault.reason)
            if counts[sort] == nil, counts.count >= Self.sortsMax { sort = Self.others }
            guard var count = counts[sort] else {
                counts[sort] = Count(toldAt: instant, request: request)
                return true
            }
            count.untold += 1
            count.request = request
            counts[sort] = count
            return false
        }
        if isFirst { log(fault.step, fault.reason, request, count: 1) }
    }

    /// Tells of what was counted for an interval, and forgets sorts that did not come again for one.
    package func tell(at instant: ContinuousClock.Instant) {
        take { counts in
            let due = counts.filter { instant - $0.value.toldAt >= Self.interval }
            for (sort, count) in due {
                counts[sort] = count.untold > 0 ? Count(toldAt: instant, request: count.request) : nil
            }
            return due
        }
    }

    /// Tells of everything that was counted, at the end.
    package func tellAll() {
        take { counts in
            defer { counts = [:] }
            return counts
        }
    }

    private func take(_ body: (inout [Sort: Count]) -> [Sort: Count]) {
        let due = counts.withLock { body(&$0) }
        for (sort, count) in due.sorted(by: { $0.key.step < $1.key.step }) where count.untold > 0 {
            log(sort.step, sort.reason, count.request, count: count.untold)
        }
    }

    private func log(_ step: String, _ reason: String, _ request: String, count: Int) {
        logger.error(
            count == 1
                ? "a request failed for a fault of the server" : "requests failed for a fault of the server",
            metadata: [
                "step": "\(step)", "request": "\(request)", "error": "\(reason)", "count": "\(count)",
            ]
        )
    }
}
