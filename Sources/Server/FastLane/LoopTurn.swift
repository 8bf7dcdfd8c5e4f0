import AWSProtocol
import NIOCore
import NIOPosix
import Operations
import Trail

import struct Foundation.Date

/// The answers that one event loop has made in its present turn and that wait for their events to be recorded.
///
/// All events of a turn go to the trail with one write, those of changes with one for each lane of the trail that they
/// have their room in; only then do the answers leave.
final class LoopTurn {
    /// Where answers that were made on other threads come to this event loop.
    let landing = Landing()
    private let recorder: AuditRecorder
    private var events: [[UInt8]] = []
    private var promised: [PromisedEvent] = []
    private var lanes: [FastLane] = []
    private var isScheduled = false
    /// Work that is left to the end of the turn.
    private var works: [() -> Void] = []
    private var headEnd: [UInt8] = []
    private var headEndUntil = MonotonicTime(nanoseconds: 0)

    init(recorder: AuditRecorder) {
        self.recorder = recorder
    }

    /// Notes a lane that will hold back answers until ``FastLane/turnEnded(_:)``, and holds none yet.
    func enlist(_ lane: FastLane) { lanes.append(lane) }

    /// Takes the events of an answer that a lane holds back.
    func add(_ answer: UnrecordedAnswer, on loop: any EventLoop) {
        events += answer.events
        if let event = answer.promised { promised.append(event) }
        schedule(on: loop)
    }

    /// Has work done at the end of this turn, after its other answers have left: what is of one kind finds code and
    /// tables in the processor's caches when it is done in a row.
    func putOff(on loop: any EventLoop, _ work: @escaping () -> Void) {
        works.append(work)
        schedule(on: loop)
    }

    private func schedule(on loop: any EventLoop) {
        guard !isScheduled else { return }
        isScheduled = true
        // Runs in the same turn, after the input of all connections that were ready.
        loop.assumeIsolated().execute { self.end() }
    }

    /// Lets the answers go that are there, and then those that are still to be made.
    func end() {
        isScheduled = false
        release()
        guard !works.isEmpty else { return }
        let works = self.works
        self.works.removeAll(keepingCapacity: true)
        // What these add is released right after them.
        isScheduled = true
        for work in works { work() }
        isScheduled = false
        release()
    }

    /// Records what came together and lets the answers go.
    private func release() {
        guard !lanes.isEmpty else { return }
        let (events, promised, lanes) = (self.events, self.promised, self.lanes)
        self.events.removeAll(keepingCapacity: true)
        self.promised.removeAll(keepingCapacity: true)
        self.lanes.removeAll(keepingCapacity: true)
        let failures = RecordingFailures(of: recorder, recording: events, promised: promised)
        for lane in lanes { lane.turnEnded(failures) }
    }

    /// The end of a head from the `Date` header on, made once a second.
    func headEnd(at moment: MonotonicTime, _ now: () -> Date) -> [UInt8] {
        if moment < headEndUntil { return headEnd }
        let seconds = now().timeIntervalSince1970
        let fraction = seconds - seconds.rounded(.down)
        headEndUntil = MonotonicTime(nanoseconds: moment.nanoseconds + UInt64((1 - fraction) * 1e9))
        headEnd = Array("\r\nDate: \(Timestamp.http(Date(timeIntervalSince1970: seconds)))\r\n\r\n".utf8)
        return headEnd
    }
}

/// The turns of a door's event loops: one for each thread.
///
/// Unchecked: a turn is handed only to the thread that it belongs to.
final class LoopTurns: @unchecked Sendable {
    private let recorder: AuditRecorder
    private let ofThread = ThreadSpecificVariable<LoopTurn>()

    init(recorder: AuditRecorder) {
        self.recorder = recorder
    }

    /// The turn of the event loop that calls.
    var current: LoopTurn {
        if let turn = ofThread.currentValue { return turn }
        let turn = LoopTurn(recorder: recorder)
        ofThread.currentValue = turn
        return turn
    }
}
