import Foundation
import Logging
import Operations
import Storage
import Synchronization
import Testing

@testable import Server

@Suite("Readiness")
struct ReadinessTests {
    /// A part that is well or not, and a clock, both as the test sets them.
    private final class Scene: Sendable {
        private let state = Mutex<(trouble: String?, now: UInt64)>((nil, 1))

        func breakDown(_ trouble: String?) { state.withLock { $0.trouble = trouble } }
        func advance(seconds: UInt64) { state.withLock { $0.now += seconds * 1_000_000_000 } }

        func monitor(_ log: @escaping @Sendable ([UInt8]) -> Void = { _ in }) -> ReadinessMonitor {
            let logger = Logger(label: "test") { _ in
                LineLogHandler(format: .text, level: .info, now: { .distantPast }, write: log)
            }
            return ReadinessMonitor(
                checks: [
                    .init(name: "store") { self.state.withLock { $0.trouble } },
                    .init(name: "trail") { nil },
                ],
                logger: logger,
                clock: { MonotonicTime(nanoseconds: self.state.withLock { $0.now }) }
            )
        }
    }

    @Test func `begins with the first look`() async {
        let monitor = Scene().monitor()
        #expect(!monitor.report().isReady)
        #expect(monitor.report().text == "the server is starting")
        await monitor.look()
        #expect(monitor.report().isReady)
        #expect(monitor.report().text == "ready")
    }

    @Test func `goes and comes with the parts, and is told once each time`() async {
        let scene = Scene()
        let lines = Seen()
        let monitor = scene.monitor { lines.note(String(decoding: $0, as: UTF8.self)) }
        await monitor.look()
        scene.breakDown("the store is full")
        await monitor.look()
        await monitor.look()
        #expect(!monitor.report().isReady && monitor.report().text == "the store is full")
        #expect(
            String(decoding: monitor.report().json, as: UTF8.self)
                == #"{"status":"unready","checks":{"store":"the store is full","trail":"ok"}}"#
        )
        scene.breakDown(nil)
        await monitor.look()
        await monitor.look()
        #expect(monitor.report().isReady)
        #expect(lines.all.count == 2)
        #expect(lines.all.first?.contains("the store is full") == true)
    }

    @Test func `ends when nothing was looked at for long`() async {
        let scene = Scene()
        let monitor = scene.monitor()
        await monitor.look()
        scene.advance(seconds: 3)
        #expect(monitor.report().isReady)
        scene.advance(seconds: 1)
        #expect(monitor.report().text == "a part of the server does not answer")
    }

    @Test func `ends for good when the server stops`() async {
        let monitor = Scene().monitor()
        await monitor.look()
        monitor.stop()
        await monitor.look()
        #expect(monitor.report().text == "the server is stopping")
    }
}

@Suite("The store's meter")
struct StoreMeterTests {
    private func commit(_ meter: StoreMeter, _ error: StorageError?) {
        meter.observer.committed(.milliseconds(2), error)
    }

    @Test func `counts commits and failures by reason`() {
        let meter = StoreMeter()
        commit(meter, nil)
        commit(meter, nil)
        commit(meter, .full)
        commit(meter, .conflict(RecordKey(RecordKind("a"), "b")))
        commit(meter, .unavailable(reason: "secret place"))
        commit(meter, .closed)
        #expect(meter.commits.count == 2 && meter.commits.nanoseconds == 4_000_000)
        #expect(StoreMeter.Failure.allCases.map(meter.count) == [1, 1, 1, 0, 1])
    }

    @Test func `remembers what keeps all writes out until one succeeds`() {
        let meter = StoreMeter()
        #expect(meter.standingFailure == nil)
        commit(meter, .conflict(RecordKey(RecordKind("a"), "b")))
        #expect(meter.standingFailure == nil)
        commit(meter, .full)
        #expect(meter.standingFailure == .full)
        commit(meter, .conflict(RecordKey(RecordKind("a"), "b")))
        #expect(meter.standingFailure == .full)
        commit(meter, nil)
        #expect(meter.standingFailure == nil)
    }
}

@Suite("The service manager")
struct ServiceManagerTests {
    @Test(arguments: ["", "/", "@", "relative/path", "vsock:2:1", "/" + String(repeating: "x", count: 200)])
    func `is not one that cannot be reached`(_ path: String) {
        #expect(ServiceManager(socket: path) == nil)
    }

    @Test func `is not waited for when nobody listens`() throws {
        let manager = try #require(ServiceManager(socket: "/nowhere/at/all.sock"))
        #expect(!manager.tell("READY=1"))
    }
}
