import AWSProtocol
import Doors
import NIOCore
import NIOSSL
import NIOTLS
import Operations

/// Answers a connection's requests on its event loop where nothing has to be waited for.
///
/// Work that is too long for an event loop is done by threads for it, what has to wait by a task, and the answer given
/// here when it comes back; requests behind it on the connection wait.
///
/// It stands in front of the HTTP codec and takes only whole requests that are written plainly and whose callers
/// are in memory. Any other request goes on to the codec byte for byte, and what follows it on
/// the connection waits here until it is answered, so no answer overtakes another. After a head that is not
/// plain the connection belongs to the codec for good.
final class FastLane: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Before a request or in the middle of one that may be answered here.
        case between
        /// A request has gone to the codec, of whose bytes so many are still to come.
        case handedOn(bytesLeft: Int)
        /// The codec gets everything.
        case transparent
    }

    private let settings: Settings
    private let turn: LoopTurn
    private var context: ChannelHandlerContext?
    private var phase = Phase.between
    /// Bytes that came and were neither answered nor handed on.
    private var held: ByteBuffer?
    /// How many of them are known not to end a head.
    private var searched = 0
    /// The head that `held` begins with, when its body is not whole yet.
    private var frame: RequestFrame?
    private var pending: [LaneAnswer] = []
    /// Whether a request is being worked on, before whose answer no other may leave.
    private var isWorkAwaited = false
    /// How many of the pending answers were begun before.
    private var worksEnded = 0
    private var source: ConnectionSource
    private let memory = ConnectionMemory()
    private var clock: ArrivalClock
    /// How many requests the codec has and has not answered.
    private var handedOnUnanswered = 0
    private var isReadHeld = false
    private var isQuiescing = false
    /// Whether the codec is still to be told that the peer sends nothing more.
    private var isInputClosed = false

    /// A body up to this size may be answered here; that is more than any brief operation takes.
    private static let bodyBytesMax = 32 << 10
    /// So many pipelined requests are answered in one turn.
    private static let pendingMax = 16
    /// Room for the head of an answer; what is longer makes the buffer grow.
    private static let headBytesUsual = 256
    /// With so much held the connection is not read on.
    private static let heldBytesMax = 128 << 10

    /// To be made on the event loop of the connection.
    init(_ settings: Settings) {
        self.settings = settings
        turn = settings.turns.current
        source = ConnectionSource(isSecure: settings.isSecure)
        clock = ArrivalClock(limits: settings.limits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        clock.watchIdleness(on: context) { [unowned self] in isBusy }
        // Until the handshake is done: then the clock of the first request starts with its first byte.
        if settings.isSecure { clock.startArrival(on: context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        clock.stop()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        clock.stop()
        self.context = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let now = MonotonicTime.now
        clock.noteActivity(at: now)
        if case .transparent = phase { return context.fireChannelRead(data) }
        var buffer = unwrapInboundIn(data)
        if held == nil {
            held = buffer
        } else {
            held?.writeBuffer(&buffer)
        }
        process(context, at: now)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Nobody behind has seen anything when all was answered here.
        if case .between = phase { return }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { process(context, at: .now) }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        isReadHeld = (held?.readableBytes ?? 0) >= Self.heldBytesMax
        if !isReadHeld { context.read() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted: clock.endArrival()
        case is ChannelShouldQuiesceEvent where isOwnWorkUnfinished:
            isQuiescing = true
            clock.hurry(on: context)
            context.fireUserInboundEventTriggered(ServerIsStopping())
            return
        case ChannelEvent.inputClosed where isAnswerAwaited:
            // Whoever sends nothing more still gets what it asked for.
            isInputClosed = true
            return
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Whether the connection has something under way, so that it is not idle.
    private var isBusy: Bool { isAnswerAwaited || handedOnUnanswered > 0 }

    /// Whether an answer of this lane is still to come.
    private var isAnswerAwaited: Bool { !pending.isEmpty || isWorkAwaited }

    private var isOwnWorkUnfinished: Bool {
        if case .between = phase { isAnswerAwaited || held != nil } else { false }
    }
}

// MARK: Requests

extension FastLane {
    /// Does what can be done with the bytes at hand.
    private func process(_ context: ChannelHandlerContext, at now: MonotonicTime) {
        while step(context, at: now) {}
        if isReadHeld, (held?.readableBytes ?? 0) < Self.heldBytesMax {
            isReadHeld = false
            context.read()
        }
        if isInputClosed, !isAnswerAwaited {
            isInputClosed = false
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        if isQuiescing, !isOwnWorkUnfinished {
            isQuiescing = false
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// Goes one request on; false when more bytes or an answer have to come first.
    private func step(_ context: ChannelHandlerContext, at now: MonotonicTime) -> Bool {
        switch phase {
        case .transparent:
            handOn(held?.readableBytes ?? 0, context)
            return false
        case .handedOn(let bytesLeft):
            let count = min(bytesLeft, held?.readableBytes ?? 0)
            handOn(count, context)
            guard count == bytesLeft, handedOnUnanswered == 0 else {
                phase = .handedOn(bytesLeft: bytesLeft - count)
                return false
            }
            phase = .between
            return true
        case .between:
            guard held != nil, !isWorkAwaited, pending.count < Self.pendingMax, context.channel.isWritable
            else { return false }
            return takeRequest(context, at: now)
        }
    }

    /// Answers the request that the bytes begin with, or hands it on.
    private func takeRequest(_ context: ChannelHandlerContext, at now: MonotonicTime) -> Bool {
        guard let frame = frame ?? nextFrame(context) else { return false }
        let count = frame.headBytes + frame.bodyBytes
        let mayAnswer = frame.namesTarget && frame.bodyBytes <= Self.bodyBytesMax
        if mayAnswer, (held?.readableBytes ?? 0) < count {
            self.frame = frame
            clock.startArrival(on: context)
            return false
        }
        if mayAnswer, let answer = answer(frame, context) {
            drop(count)
            take(answer, since: now, on: context.eventLoop)
            return true
        }
        // What was answered here goes first.
        guard pending.isEmpty else {
            self.frame = frame
            return false
        }
        self.frame = nil
        clock.endArrival()
        handedOnUnanswered += 1
        phase = .handedOn(bytesLeft: count)
        return true
    }

    private func answer(_ frame: RequestFrame, _ context: ChannelHandlerContext) -> ImmediateAnswer? {
        guard let held else { return nil }
        let start = held.readerIndex + frame.headBytes
        let body = held.withVeryUnsafeBytes {
            Array(UnsafeRawBufferPointer(rebasing: $0[start..<(start + frame.bodyBytes)]))
        }
        return settings.gateway.answerNow(
            GatewayRequest(
                method: frame.method,
                rawPath: frame.path,
                rawQuery: frame.query,
                headers: frame.headers,
                body: body,
                peerAddress: source.address(context),
                tls: source.tls(context, frame.headers)
            ),
            recalling: memory
        )
    }

    /// The head that the bytes begin with; nil when it is not whole or not for this lane.
    private func nextFrame(_ context: ChannelHandlerContext) -> RequestFrame? {
        guard let held else { return nil }
        let outcome = held.withUnsafeReadableBytes {
            RequestFrame.parse($0, searched: searched, limits: settings.limits)
        }
        switch outcome {
        case .frame(let frame):
            searched = 0
            return frame
        case .incomplete:
            searched = held.readableBytes
            clock.startArrival(on: context)
        case .foreign where pending.isEmpty:
            clock.endArrival()
            phase = .transparent
            handOn(held.readableBytes, context)
        case .foreign:
            // Looked at again when the answers before it have left.
            break
        }
        return nil
    }

    private func drop(_ count: Int) {
        frame = nil
        clock.endArrival()
        held?.moveReaderIndex(forwardBy: count)
        if held?.readableBytes == 0 { held = nil }
    }

    /// Gives the codec so many of the bytes at hand.
    private func handOn(_ count: Int, _ context: ChannelHandlerContext) {
        guard count > 0, let part = held?.readSlice(length: count) else { return }
        if held?.readableBytes == 0 { held = nil }
        context.fireChannelRead(wrapInboundOut(part))
        context.fireChannelReadComplete()
    }
}

// MARK: Answers

extension FastLane {
    private func take(_ answer: ImmediateAnswer, since start: MonotonicTime, on loop: any EventLoop) {
        switch answer {
        case .answered(let answer): give(LaneAnswer(answer, since: start), on: loop)
        case .deferred(let work): begin(work, since: start, on: loop)
        case .waiting(let request): begin(request, since: start, on: loop)
        }
    }

    /// Holds an answer back until the end of the turn, when its events are recorded.
    private func give(_ answer: LaneAnswer, on loop: any EventLoop) {
        // Once a turn: an answer of the next one would leave with the second call, and its events are not recorded yet.
        if pending.isEmpty { turn.enlist(self) }
        pending.append(answer)
        turn.add(answer.answer, on: loop)
    }

    /// Has an answer made at the end of the turn, or by another thread.
    private func begin(_ answer: DeferredAnswer, since start: MonotonicTime, on loop: any EventLoop) {
        noteBeginning()
        guard answer.leavesThread else {
            return turn.putOff(on: loop) { [self] in
                workEnded(LaneAnswer(answer.finish(), since: start), on: loop)
            }
        }
        let lane = NIOLoopBound(self, eventLoop: loop)
        answer.start { [landing = turn.landing] in
            landing.land(LaneAnswer($0, since: start), at: lane)
            return landing
        }
    }

    /// Has an answer made by a task, which ``Unfinished`` waits for.
    private func begin(_ answer: WaitingAnswer, since start: MonotonicTime, on loop: any EventLoop) {
        noteBeginning()
        let lane = NIOLoopBound(self, eventLoop: loop)
        Task { [gateway = settings.gateway, landing = turn.landing] in
            landing.land(LaneAnswer(await gateway.answer(answer), since: start, in: .slow), at: lane)
            landing.worksEnded()
        }
    }

    private func noteBeginning() {
        isWorkAwaited = true
        settings.meter.requestBegan()
    }

    /// Takes the answer that was begun; its work was done and is recorded even if the peer is gone.
    func workEnded(_ answer: LaneAnswer, on loop: any EventLoop) {
        isWorkAwaited = false
        worksEnded += 1
        give(answer, on: loop)
    }

    /// Lets the pending answers go, or tells what failed instead; called by the turn they belong to.
    func turnEnded(_ failures: RecordingFailures) {
        // Not before it is recorded: only then may the process end.
        for _ in 0..<worksEnded { settings.meter.requestEnded() }
        worksEnded = 0
        guard let context else { return discardPending(failures) }
        let now = MonotonicTime.now
        let end = turn.headEnd(at: now, settings.gateway.now)
        let bytesMax = pending.reduce(0) { $0 + $1.bodyBytes + Self.headBytesUsual }
        var buffer = context.channel.allocator.buffer(capacity: bytesMax)
        for answer in pending { settled(answer, failures, at: now).writeHTTP1(endingHead: end, to: &buffer) }
        pending.removeAll(keepingCapacity: true)
        clock.noteActivity(at: now)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        process(context, at: now)
    }

    /// Counts answers that nobody is there to take.
    private func discardPending(_ failures: RecordingFailures) {
        for answer in pending { _ = settled(answer, failures, at: .now) }
        pending.removeAll()
    }

    private func settled(
        _ pending: LaneAnswer,
        _ failures: RecordingFailures,
        at now: MonotonicTime
    ) -> GatewayResponse {
        settings.gateway.settle(
            pending.answer,
            after: failures,
            in: pending.lane,
            since: pending.start,
            at: now
        )
    }

    /// Told by the codec's side when a request has come to it; those that were handed on one by one are counted there.
    func codecTookRequest() {
        if case .transparent = phase { handedOnUnanswered += 1 }
    }

    /// Told by the codec's side when the answer to a request that was handed on has been written.
    func handedOnWasAnswered() {
        let now = MonotonicTime.now
        clock.noteActivity(at: now)
        handedOnUnanswered = max(0, handedOnUnanswered - 1)
        guard let context, case .handedOn = phase else { return }
        process(context, at: now)
    }
}
