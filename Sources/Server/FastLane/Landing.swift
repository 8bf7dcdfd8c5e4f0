import NIOCore
import Operations
import Synchronization

/// An answer on its way out of a fast lane, neither recorded nor counted.
struct LaneAnswer: Sendable {
    let answer: UnrecordedAnswer
    /// When its request began to be answered.
    let start: MonotonicTime
    /// Where metrics count it: what a task has waited for is not counted with the rest.
    let lane: RequestLane

    init(_ answer: UnrecordedAnswer, since start: MonotonicTime, in lane: RequestLane = .fast) {
        self.answer = answer
        self.start = start
        self.lane = lane
    }

    /// How long the body is, unless the event cannot be recorded.
    var bodyBytes: Int { answer.response.body.count }
}

/// Where the answers that other threads have made come back to an event loop.
///
/// Those that come together are brought to it together: it is woken once for all of them.
final class Landing: WorkReceiver {
    /// An answer on its way to the lane that its request came by.
    private struct Arrived: Sendable {
        let answer: LaneAnswer
        let lane: NIOLoopBound<FastLane>
    }

    private struct State {
        var arrived: [Arrived] = []
        /// Whether the event loop has been told since it last took what had arrived.
        var isTold = false
    }

    private let state = Mutex(State())

    /// Leaves an answer for its lane, from whatever thread; the event loop is not told before ``worksEnded()``.
    func land(_ answer: LaneAnswer, at lane: NIOLoopBound<FastLane>) {
        state.withLock { $0.arrived.append(Arrived(answer: answer, lane: lane)) }
    }

    package func worksEnded() {
        let loop: (any EventLoop)? = state.withLock { state in
            guard !state.isTold, let first = state.arrived.first else { return nil }
            state.isTold = true
            return first.lane.eventLoop
        }
        loop?.execute { [self] in handOver() }
    }

    private func handOver() {
        let landed = state.withLock { state in
            defer { state = State() }
            return state.arrived
        }
        for one in landed { one.lane.value.workEnded(one.answer, on: one.lane.eventLoop) }
    }
}
