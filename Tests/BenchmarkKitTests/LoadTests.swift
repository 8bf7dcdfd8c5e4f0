import BenchmarkKit
import Foundation
import Testing

@Suite("RequestList")
struct RequestListTests {
    @Test func `reads each request by its length`() throws {
        let list = try RequestList(file: [2, 0, 0, 0, 65, 66, 1, 0, 0, 0, 67] as [UInt8])
        #expect(list.count == 2)
        #expect(Array(list[0]) == [65, 66] && Array(list[1]) == [67])
    }

    @Test(
        arguments: [
            ([], .empty),
            ([1, 0, 0], .cut(atByte: 0)),
            ([0, 0, 0, 0], .cut(atByte: 0)),
            ([2, 0, 0, 0, 65], .cut(atByte: 0)),
            ([1, 0, 0, 0, 65, 255, 255, 255, 255, 1], .cut(atByte: 5)),
        ] as [([UInt8], RequestListFault)]
    )
    func `refuses a file that is cut`(_ file: [UInt8], _ fault: RequestListFault) {
        #expect(throws: fault) { try RequestList(file: file) }
    }
}

@Suite("OpenLoop")
struct OpenLoopTests {
    @Test func `makes requests due at its rate and no more than fit`() {
        var loop = OpenLoop(rate: 1000, from: 5_000_000, to: 15_000_000)
        #expect(loop.take(now: 4_999_999) == nil)
        #expect(loop.take(now: 5_000_000) == 5_000_000)
        #expect(loop.take(now: 5_500_000) == nil)
        #expect(loop.due == 6_000_000)
        var dues: [UInt64] = []
        while let due = loop.take(now: 60_000_000) { dues.append(due) }
        #expect(dues == (6...14).map { $0 * 1_000_000 }, "a late request counts from when it was due")
        #expect(loop.due == nil)
    }

    @Test func `lets threads take turns`() {
        let loop = OpenLoop(rate: 1000, from: 0, to: 1_000_000_000, phase: 0.5)
        #expect(loop.due == 500_000)
    }

    @Test func `does not drift`() {
        var loop = OpenLoop(rate: 3, from: 0, to: 10_000_000_000)
        var count = 0
        while loop.take(now: .max) != nil { count += 1 }
        #expect(count == 30)
    }
}

@Suite("LoadReport")
struct LoadReportTests {
    @Test func `divides CPU time by requests`() throws {
        var histogram = LatencyHistogram()
        for _ in 0..<2000 { histogram.record(100) }
        let usage = LoadReport.Usage(server: 0.5, client: 0.25)
        let report = LoadReport(histogram, seconds: 2, usage: usage, errors: [:], firstError: nil)
        #expect(report.requestsPerSecond == 1000)
        #expect(report.serverMicrosecondsPerRequest == 500)
        #expect(report.clientMicrosecondsPerRequest == 250)
        #expect(report.latency.p99 == 0.1)
    }

    @Test func `counts the wait for what was not answered, but not the request`() {
        var histogram = LatencyHistogram()
        for duration in [1000, 1000, 9000] as [UInt64] { histogram.record(duration) }
        let report = LoadReport(
            histogram,
            unanswered: 1,
            seconds: 1,
            usage: .init(server: nil, client: 0),
            errors: [:],
            firstError: nil
        )
        #expect(report.requests == 2 && report.unanswered == 1 && report.requestsPerSecond == 2)
        #expect(report.latency.max == 9)
    }

    @Test func `says nothing per request when nothing was answered or watched`() {
        let usage = LoadReport.Usage(server: nil, client: 1)
        let report = LoadReport(
            LatencyHistogram(),
            seconds: 2,
            usage: usage,
            errors: ["a": 1],
            firstError: "a"
        )
        #expect(report.serverMicrosecondsPerRequest == nil)
        #expect(report.clientMicrosecondsPerRequest == 0 && report.requestsPerSecond == 0)
    }
}
