import KES
import NIOCore
import NIOHPACK
import NIOHTTP2

/// Answers streams of HTTP/2 that use a key in memory, without a channel of their own.
///
/// It stands between the connection's handler and the multiplexer, which makes a channel for each stream it hears of:
/// several times the work of the request. Streams that turn out to need another are handed on as if they had gone
/// there at once.
final class HTTP2Lane: ChannelInboundHandler, TurnMember {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// A stream whose request is not whole yet.
    private struct Arriving {
        let call: ImmediateCalls.Known
        let head: HTTP2Frame
        let deadline: NIODeadline?
        var created: NIOHTTP2StreamCreatedEvent?
        var body: ByteBuffer
        var data: [HTTP2Frame] = []
    }

    private struct Answer {
        let stream: HTTP2StreamID
        let body: ByteBuffer
    }

    private let calls: ImmediateCalls
    private let turn: LoopTurn
    /// Strikes when the connection was idle for too long.
    private let clock: ConnectionClock
    private var context: ChannelHandlerContext?
    private var arriving: [HTTP2StreamID: Arriving] = [:]
    /// Streams that the multiplexer knows nothing of.
    private var own: Set<HTTP2StreamID> = []
    private var answers: [Answer] = []
    private var isWatching = false

    /// A body up to this size may be answered here; a stream's window has room for it.
    private static let bodyBytesMax = 32 << 10
    /// So many requests wait for their bodies here.
    private static let arrivingMax = 64

    init(_ calls: ImmediateCalls, _ turn: LoopTurn, _ clock: ConnectionClock) {
        self.calls = calls
        self.turn = turn
        self.clock = clock
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        clock.set(.seconds(TransportTimes.idleSecondsMax))
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        clock.set(nil)
        arriving = [:]
        answers = []
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        clock.set(.seconds(TransportTimes.idleSecondsMax))
        switch frame.payload {
        case .headers(let content):
            if own.contains(frame.streamID) {
                // Trailers, which nobody here reads.
                handOn(frame.streamID, context)
            } else if take(frame, content, context) {
                return
            }
        case .data(let content) where arriving[frame.streamID] != nil:
            return take(frame, content, context)
        case .rstStream, .data, .windowUpdate:
            if own.contains(frame.streamID) { return }
        default: break
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as NIOHTTP2StreamCreatedEvent where own.contains(event.streamID):
            arriving[event.streamID]?.created = event
            return
        case let event as StreamClosedEvent where own.contains(event.streamID):
            own.remove(event.streamID)
            arriving[event.streamID] = nil
            answers.removeAll { $0.stream == event.streamID }
            return
        case let event as NIOHTTP2WindowUpdatedEvent where own.contains(event.streamID): return
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: Requests

    /// Begins a request; false when it is for the multiplexer.
    private func take(
        _ frame: HTTP2Frame,
        _ content: HTTP2Frame.FramePayload.Headers,
        _ context: ChannelHandlerContext
    ) -> Bool {
        guard arriving.count < Self.arrivingMax, let line = Self.line(content.headers),
            let call = line.withUnsafeBytes({ calls.call($0) })
        else { return false }
        let arriving = Arriving(
            call: call,
            head: frame,
            deadline: call.millisecondsMax.map { .now() + .milliseconds($0) },
            body: ByteBuffer()
        )
        own.insert(frame.streamID)
        self.arriving[frame.streamID] = arriving
        if content.endStream { end(frame.streamID, context) } else { watch(arriving.deadline, context) }
        return true
    }

    /// Goes on with a request that began here.
    private func take(
        _ frame: HTTP2Frame,
        _ content: HTTP2Frame.FramePayload.Data,
        _ context: ChannelHandlerContext
    ) {
        let stream = frame.streamID
        guard case .byteBuffer(var bytes) = content.data, var request = arriving.removeValue(forKey: stream)
        else { return }
        if request.data.isEmpty { request.body = bytes } else { request.body.writeBuffer(&bytes) }
        request.data.append(frame)
        let isTooLarge = request.body.readableBytes > Self.bodyBytesMax
        arriving[stream] = request
        if isTooLarge {
            handOn(stream, context)
        } else if content.endStream {
            end(stream, context)
        }
    }

    private func end(_ stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        guard let request = arriving[stream] else { return }
        let began = NIODeadline.now()
        let isAnswered = request.body.withUnsafeReadableBytes {
            calls.answer(request.call, body: $0, into: &turn.scratch)
        }
        guard isAnswered else { return handOn(stream, context) }
        arriving[stream] = nil
        answers.append(Answer(stream: stream, body: context.channel.allocator.buffer(bytes: turn.scratch)))
        turn.wipeScratch()
        turn.add(request.call.subject, began: began, of: self, on: context.eventLoop)
    }

    /// Gives the multiplexer a stream with all that came of it.
    private func handOn(_ stream: HTTP2StreamID, _ context: ChannelHandlerContext) {
        own.remove(stream)
        guard let request = arriving.removeValue(forKey: stream) else { return }
        context.fireChannelRead(wrapInboundOut(request.head))
        // The connection tells of a stream behind its head; where it has not yet, it will.
        if let created = request.created { context.fireUserInboundEventTriggered(created) }
        for frame in request.data { context.fireChannelRead(wrapInboundOut(frame)) }
        context.fireChannelReadComplete()
    }

    /// Method and path with a space between; nil for a request that says more than where and what.
    private static func line(_ headers: HPACKHeaders) -> [UInt8]? {
        var (method, path) = ("", "")
        for (name, value, _) in headers {
            switch name {
            case ":method": method = value
            case ":path": path = value
            case "expect": return nil
            case "content-length":
                guard let length = Int(value), length <= bodyBytesMax else { return nil }
            default: break
            }
        }
        var line: [UInt8] = []
        line.reserveCapacity(method.utf8.count + path.utf8.count + 1)
        line.append(contentsOf: method.utf8)
        line.append(0x20)
        line.append(contentsOf: path.utf8)
        return line
    }

    // MARK: Time

    /// Sees to it that requests which do not arrive in time are given up.
    private func watch(_ deadline: NIODeadline?, _ context: ChannelHandlerContext) {
        guard let deadline, !isWatching else { return }
        isWatching = true
        context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in self?.giveUp() }
    }

    private func giveUp() {
        isWatching = false
        guard let context else { return }
        let now = NIODeadline.now()
        for (stream, request) in arriving {
            guard let deadline = request.deadline, deadline <= now else { continue }
            arriving[stream] = nil
            let frame = HTTP2Frame(streamID: stream, payload: .rstStream(.cancel))
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        }
        watch(arriving.values.compactMap(\.deadline).min(), context)
    }

    // MARK: Answers

    func turnFailed() {
        answers.removeAll()
        context?.close(promise: nil)
    }

    func turnEnded() {
        guard let context, !answers.isEmpty else { return }
        let answers = answers
        self.answers.removeAll(keepingCapacity: true)
        for answer in answers {
            var headers = HPACKHeaders()
            headers.reserveCapacity(3)
            headers.add(name: ":status", value: "200")
            headers.add(name: "content-type", value: "application/json")
            headers.add(name: "content-length", value: String(answer.body.readableBytes))
            let head = HTTP2Frame.FramePayload.Headers(headers: headers)
            context.write(
                wrapOutboundOut(HTTP2Frame(streamID: answer.stream, payload: .headers(head))),
                promise: nil
            )
            let data = HTTP2Frame.FramePayload.Data(data: .byteBuffer(answer.body), endStream: true)
            context.write(
                wrapOutboundOut(HTTP2Frame(streamID: answer.stream, payload: .data(data))),
                promise: nil
            )
        }
        context.flush()
    }
}
