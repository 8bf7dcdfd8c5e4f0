import AWSProtocol
import Operations
import Testing

@Suite("Request metrics")
struct RequestMetricsTests {
    private let metrics = RequestMetrics(operations: [
        .kms: ["Decrypt", "Encrypt"], .sts: ["GetCallerIdentity"],
    ])

    private func count(_ service: String, _ operation: String, _ result: RequestResult, _ lane: RequestLane)
        -> UInt64
    {
        metrics.summaries.filter { $0.service == service && $0.operation == operation }
            .flatMap(\.requests).filter { $0.result == result && $0.lane == lane }.reduce(0) { $0 + $1.count }
    }

    @Test func `have a row for every operation from the start`() {
        let served = metrics.summaries.filter(\.isServed).map { "\($0.service).\($0.operation)" }
        #expect(
            served.sorted() == [
                "kms.Decrypt", "kms.Encrypt", "kms.unknown", "sts.GetCallerIdentity", "sts.unknown",
                "unknown.unknown",
            ]
        )
        #expect(metrics.summaries.allSatisfy { $0.latency.count == 0 && $0.requests.count == 10 })
    }

    @Test func `count what was recorded, where it was recorded`() {
        let kms = metrics.rows(of: .kms)
        metrics.record(kms.row(1), .success, lane: .fast, nanoseconds: 20_000)
        metrics.record(kms.row(1), .success, lane: .fast, nanoseconds: 60_000)
        metrics.record(kms.row(1), .denied, lane: .slow, nanoseconds: 11_000_000_000)
        metrics.record(metrics.rows(of: .sts).row(0), .failed, lane: .slow, nanoseconds: 1)
        #expect(count("kms", "Encrypt", .success, .fast) == 2)
        #expect(count("kms", "Encrypt", .denied, .slow) == 1)
        #expect(count("sts", "GetCallerIdentity", .failed, .slow) == 1)
        #expect(count("kms", "Decrypt", .success, .fast) == 0)
        let all = metrics.summaries.flatMap(\.requests).reduce(0) { $0 + $1.count }
        #expect(all == 4)
        let latency = metrics.summaries.first { $0.operation == "Encrypt" }?.latency
        #expect(latency?.counts.first == 1 && latency?.counts[1] == 1 && latency?.counts.last == 1)
        #expect(latency?.nanoseconds == 11_000_080_000)
    }

    @Test(arguments: [nil, -1, 2, 54, Int.max, Int.min])
    func `count what is no operation in one row a service`(_ index: Int?) {
        metrics.record(metrics.rows(of: .kms).row(index), .invalid, lane: .slow, nanoseconds: 1)
        #expect(count("kms", "unknown", .invalid, .slow) == 1)
    }

    @Test func `give services that are not served one row, which is not shown as served`() {
        metrics.record(metrics.rows(of: .s3).row(3), .invalid, lane: .slow, nanoseconds: 1)
        #expect(count("s3", "unknown", .invalid, .slow) == 1)
        #expect(metrics.summaries.contains { $0.service == "s3" && !$0.isServed })
    }

    @Test func `lose nothing among many threads`() async {
        let row = metrics.rows(of: .kms).row(0)
        await withTaskGroup { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<10_000 { metrics.record(row, .success, lane: .fast, nanoseconds: 3) }
                }
            }
        }
        #expect(count("kms", "Decrypt", .success, .fast) == 160_000)
        #expect(metrics.summaries.first { $0.operation == "Decrypt" }?.latency.nanoseconds == 480_000)
    }
}

@Suite("Latency buckets")
struct LatencyBucketsTests {
    @Test func `ascend, and there is one more for what is longer`() {
        let bounds = LatencyBuckets.bounds
        #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count)
        #expect(LatencyBuckets.count == bounds.count + 1)
        #expect(bounds.first == 50_000 && bounds.last == 10_000_000_000)
    }

    @Test func `hold their upper bound`() {
        for (index, bound) in LatencyBuckets.bounds.enumerated() {
            #expect(LatencyBuckets.index(bound) == index)
            #expect(LatencyBuckets.index(bound + 1) == index + 1)
        }
        #expect(LatencyBuckets.index(0) == 0)
        #expect(LatencyBuckets.index(.max) == LatencyBuckets.bounds.count)
    }

    @Test func `keep the sum of what a recorder was given`() {
        let recorder = LatencyRecorder()
        for nanoseconds: UInt64 in [1, 49_999, 50_001, 99_999_999_999] {
            recorder.record(nanoseconds: nanoseconds)
        }
        let distribution = recorder.distribution
        #expect(distribution.count == 4 && distribution.nanoseconds == 100_000_100_000)
        #expect(distribution.counts[0] == 2 && distribution.counts[1] == 1 && distribution.counts[17] == 1)
    }
}

@Suite("Request results")
struct RequestResultTests {
    @Test(arguments: [
        (nil, 200, RequestResult.success), ("AccessDeniedException", 400, .denied),
        ("InvalidSignatureException", 400, .denied), ("UnrecognizedClientException", 400, .denied),
        ("MissingAuthenticationTokenException", 400, .denied), ("SignatureDoesNotMatch", 403, .denied),
        ("NotFoundException", 400, .invalid), ("ValidationException", 400, .invalid),
        ("RequestEntityTooLargeException", 413, .invalid), ("LimitExceededException", 400, .invalid),
        ("ThrottlingException", 400, .throttled), ("SlowDown", 503, .throttled),
        ("Anything", 429, .throttled),
        ("KMSInternalException", 500, .failed), ("ServiceUnavailableException", 503, .failed),
        ("AccessDeniedException", 500, .failed),
    ])
    func `sort error codes`(_ code: String?, _ status: Int, _ expected: RequestResult) {
        #expect(RequestResult(errorCode: code, status: status) == expected)
    }

    @Test func `have as many places as there are cases`() {
        #expect(RequestResult.allCases.map(\.rawValue) == Array(0..<5))
        #expect(RequestLane.allCases.map(\.rawValue) == Array(0..<2))
        #expect(Set(RequestResult.allCases.map(\.label)).count == 5)
    }
}

@Suite("Sharded counters")
struct ShardedCountersTests {
    @Test(arguments: [1, 3, ShardedCounters.shardsMax])
    func `keep their cells apart`(_ shards: Int) {
        let counters = ShardedCounters(count: 9, shards: shards)
        for shard in 0..<shards {
            for index in 0..<9 { counters.add(UInt64(index), to: index, of: shard) }
        }
        for index in 0..<9 { #expect(counters.total(index) == UInt64(index * shards)) }
    }
}
