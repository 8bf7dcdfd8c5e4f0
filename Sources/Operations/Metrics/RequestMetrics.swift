package import AWSProtocol

/// Counts and times the requests of all services by operation and result.
///
/// Every operation has a row that is there from the start, so recording finds nothing, makes nothing and waits
/// for nobody: three additions to the thread's own counters. Requests for operations that do not exist share one
/// row a service, so that strangers cannot make series.
package final class RequestMetrics: Sendable {
    /// One operation among all that are counted.
    package struct Row: Hashable, Sendable {
        fileprivate let index: Int

        /// Requests whose service cannot be told.
        package static let unknown = Row(index: 0)
    }

    /// The rows of one service.
    package struct ServiceRows: Sendable {
        fileprivate let first: Int
        fileprivate let count: Int

        /// The row of the operation with this place in the list that the service was given with; nil stands for
        /// an operation that does not exist.
        @inline(__always)
        package func row(_ operation: Int?) -> Row {
            guard let operation, operation >= 0, operation < count else { return Row(index: first) }
            return Row(index: first + 1 + operation)
        }
    }

    /// What was recorded of one operation.
    package struct Summary: Sendable {
        /// As in `kms`; `unknown` where it could not be told.
        package let service: String
        /// As in `Encrypt`; `unknown` for names that are no operation's.
        package let operation: String
        /// By result and lane, zeros included.
        package let requests: [(result: RequestResult, lane: RequestLane, count: UInt64)]
        package let latency: LatencyDistribution
        /// Whether the service is one that this process has.
        package let isServed: Bool
    }

    /// The label of what is not known; no operation of AWS is called so.
    package static let unknown = "unknown"

    private struct Title {
        let service: String
        let operation: String
        let isServed: Bool
    }

    private let titles: [Title]
    private let services: [AWSService: ServiceRows]
    private let counters: ShardedCounters

    // The counters of a row: results by lane, buckets, nanoseconds. Constants, since they are asked for at every
    // request.
    private static var bucketsStart: Int { RequestResult.count * RequestLane.count }
    private static var sum: Int { bucketsStart + LatencyBuckets.count }
    private static var width: Int { sum + 1 }

    /// Makes rows for the operations of each service that is served, in the given order.
    package init(operations: [AWSService: [String]]) {
        var titles = [Title(service: Self.unknown, operation: Self.unknown, isServed: true)]
        var services: [AWSService: ServiceRows] = [:]
        for service in AWSService.allCases {
            let names = operations[service]
            services[service] = ServiceRows(first: titles.count, count: names?.count ?? 0)
            for name in [Self.unknown] + (names ?? []) {
                titles.append(Title(service: service.signingName, operation: name, isServed: names != nil))
            }
        }
        self.titles = titles
        self.services = services
        counters = ShardedCounters(count: titles.count * Self.width)
    }

    /// The rows of a service, to be looked up once and kept.
    package func rows(of service: AWSService) -> ServiceRows {
        services[service] ?? ServiceRows(first: 0, count: 0)
    }

    /// Records one request that was begun at a moment and is answered now.
    @inline(__always)
    package func record(_ row: Row, _ result: RequestResult, lane: RequestLane, since start: MonotonicTime) {
        record(row, result, lane: lane, nanoseconds: MonotonicTime.now.since(start))
    }

    /// Records one answered request.
    @inline(__always)
    package func record(_ row: Row, _ result: RequestResult, lane: RequestLane, nanoseconds: UInt64) {
        let shard = counters.currentShard
        let start = row.index * Self.width
        counters.add(to: start + Self.place(of: result, lane), of: shard)
        counters.add(to: start + Self.bucketsStart + LatencyBuckets.index(nanoseconds), of: shard)
        counters.add(nanoseconds, to: start + Self.sum, of: shard)
    }

    @inline(__always)
    private static func place(of result: RequestResult, _ lane: RequestLane) -> Int {
        result.rawValue * RequestLane.count + lane.rawValue
    }

    /// What was recorded so far, in the order of the rows.
    package var summaries: [Summary] {
        titles.enumerated().map { index, title in
            let start = index * Self.width
            var requests: [(result: RequestResult, lane: RequestLane, count: UInt64)] = []
            for result in RequestResult.allCases {
                for lane in RequestLane.allCases {
                    requests.append((result, lane, counters.total(start + Self.place(of: result, lane))))
                }
            }
            return Summary(
                service: title.service,
                operation: title.operation,
                requests: requests,
                latency: LatencyDistribution(
                    counts: (0..<LatencyBuckets.count).map { counters.total(start + Self.bucketsStart + $0) },
                    nanoseconds: counters.total(start + Self.sum)
                ),
                isServed: title.isServed
            )
        }
    }
}
