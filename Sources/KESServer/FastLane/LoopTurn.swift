import Foundation
import NIOCore
import NIOPosix

/// Something that holds answers back until their events are written.
protocol TurnMember: AnyObject {
    /// Lets the answers go.
    func turnEnded()
    /// Lets nothing go: the events could not be written.
    func turnFailed()
}

/// The answers that one event loop has made in its present turn, and their audit events.
///
/// All lines of a turn go to the log with one write; only then do the answers leave.
final class LoopTurn {
    private let door: KESDoor
    private var members: [any TurnMember] = []
    private var batch = AuditBatch()
    private var times: [TimeAmount] = []
    private var isScheduled = false
    /// For the body of the answer that is being made; wiped after each.
    var scratch: [UInt8] = []

    init(_ door: KESDoor) {
        self.door = door
        scratch.reserveCapacity(Self.scratchBytes)
    }

    private static let scratchBytes = 4096

    /// Notes a call whose answer `member` holds back.
    func add(_ subject: AuditSubject, began: NIODeadline, of member: any TurnMember, on loop: any EventLoop) {
        let time = NIODeadline.now() - began
        times.append(time)
        if door.log.isAudited { door.log.append(subject, time, at: door.log.date, to: &batch) }
        if members.last !== member { members.append(member) }
        guard !isScheduled else { return }
        isScheduled = true
        // Runs in the same turn, after the input of all connections that were ready.
        loop.assumeIsolated().execute { self.end() }
    }

    private func end() {
        isScheduled = false
        let isWritten = door.log.write(batch)
        door.meter.succeeded(after: times)
        batch.removeAll()
        times.removeAll(keepingCapacity: true)
        let members = members
        self.members.removeAll(keepingCapacity: true)
        for member in members { isWritten ? member.turnEnded() : member.turnFailed() }
    }

    /// Answers hold plaintext: it does not stay for the next answer's sake.
    func wipeScratch() {
        scratch.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
        scratch.removeAll(keepingCapacity: scratch.capacity <= 2 * Self.scratchBytes)
    }
}

/// The turns of a door's event loops: one for each thread.
///
/// Unchecked: a turn is handed only to the thread that it belongs to.
final class LoopTurns: @unchecked Sendable {
    private let ofThread = ThreadSpecificVariable<LoopTurn>()

    /// The turn of the event loop that calls.
    func current(_ door: KESDoor) -> LoopTurn {
        if let turn = ofThread.currentValue { return turn }
        let turn = LoopTurn(door)
        ofThread.currentValue = turn
        return turn
    }
}
