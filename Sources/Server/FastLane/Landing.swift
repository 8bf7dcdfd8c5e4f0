import NIOCore
import Operations
import Synchronization

/// Where the answers that other threads have made come back to an event loop.
///
/// Those that come together are brought to it together: it is woken once for all of them.
final class Landing: Sendable {
    /// An answer on its way to the lane that its request came by.
    private struct Arrived: Sendable {
        let answer: UnrecordedAnswer
        let since: MonotonicTime
        let lane: NIOLoopBound<FastLane>
    }

    private let arrived = Mutex<[Arrived]>([])

    /// Brings an answer to its lane; may be called on any thread.
    func land(_ answer: UnrecordedAnswer, since start: MonotonicTime, at lane: NIOLoopBound<FastLane>) {
        let isFirst = arrived.withLock { arrived in
            arrived.append(Arrived(answer: answer, since: start, lane: lane))
            return arrived.count == 1
        }
        if isFirst { lane.eventLoop.execute { [self] in handOver() } }
    }

    private func handOver() {
        let landed = arrived.withLock { arrived in
            defer { arrived.removeAll(keepingCapacity: true) }
            return arrived
        }
        for one in landed { one.lane.value.workEnded(one.answer, since: one.since, on: one.lane.eventLoop) }
    }
}
