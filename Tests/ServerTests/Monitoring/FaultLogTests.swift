import Logging
import Operations
import Synchronization
import Testing

@testable import Server

@Suite("Log of faults")
struct FaultLogTests {
    private let start = ContinuousClock.now
    private let lines = Lines()
    private let log: FaultLog

    init() {
        let lines = lines
        log = FaultLog(logger: Logger(label: "test") { _ in Recorder(lines: lines) })
    }

    private func fail(_ step: String, _ reason: String = "the store is away", after seconds: Double = 0) {
        log.note(ServerFault(step: step, requestID: nil, reason: reason), at: start + .seconds(seconds))
    }

    private func tell(after seconds: Double) { log.tell(at: start + .seconds(seconds)) }

    @Test func `tells the first failure at once and counts those that follow`() {
        for _ in 0..<1000 { fail("kms:CreateKey") }
        #expect(lines.all == ["kms:CreateKey the store is away 1"])
        tell(after: 0.5)
        #expect(lines.all.count == 1)
        tell(after: 1)
        #expect(lines.all.last == "kms:CreateKey the store is away 999")
        fail("kms:CreateKey", after: 1.5)
        fail("kms:CreateKey", after: 1.6)
        tell(after: 1.9)
        #expect(lines.all.count == 2)
        tell(after: 2)
        #expect(lines.all.last == "kms:CreateKey the store is away 2")
        #expect(lines.all.count == 3)
    }

    @Test func `tells a failure at once again after an interval without one`() {
        fail("kms:CreateKey")
        tell(after: 1)
        #expect(lines.all.count == 1)
        fail("kms:CreateKey", after: 1.1)
        #expect(lines.all.count == 2)
    }

    @Test func `tells different failures apart`() {
        fail("kms:CreateKey")
        fail("kms:CreateAlias")
        fail("kms:CreateKey", "a record is damaged")
        #expect(lines.all.count == 3)
    }

    @Test func `keeps few sorts, whatever fails, and loses no count`() {
        for number in 0..<1000 { fail("kms:Decrypt", "record \(number) is damaged") }
        #expect(lines.all.count == FaultLog.sortsMax + 1)
        log.tellAll()
        #expect(lines.all.count == FaultLog.sortsMax + 2)
        let told = lines.all.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(told.reduce(0, +) == 1000)
    }

    @Test func `tells what is left at the end, once`() {
        for _ in 0..<3 { fail("trail") }
        log.tellAll()
        log.tellAll()
        #expect(lines.all == ["trail the store is away 1", "trail the store is away 2"])
    }
}

private final class Lines: Sendable {
    private let kept = Mutex<[String]>([])
    var all: [String] { kept.withLock { $0 } }
    func append(_ line: String) { kept.withLock { $0.append(line) } }
}

private struct Recorder: LogHandler {
    let lines: Lines
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = ["step", "error", "count"].map { event.metadata?[$0]?.description ?? "-" }
        lines.append(values.joined(separator: " "))
    }
}
