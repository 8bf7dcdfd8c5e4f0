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
    private final class Arriving {
        let call: ImmediateCalls.Known
        let head: HTTP2Frame
        let deadline: NIODeadline?
        var created: NIOHTTP2StreamCreatedEvent?
        var body = ByteBuffer()
        var data: [HTTP2Frame] = []

        init(_ call: ImmediateCalls.Known, _ head: HTTP2Frame, deadline: NIODeadline?) {
            self.call = call
            self.head = head
            self.deadline = deadline
        }
    }

    private struct Answer {
        let stream: HTTP2StreamID
        let body: ByteBuffer
    }

    private let calls: ImmediateCalls
    private let turn: LoopTurn
    /// Strikes when nothing came for as long as a connection may be idle, and calls ``wasSilent()``.
    private let clock: ConnectionClock
    private var context: ChannelHandlerContext?
    private var arriving: [HTTP2StreamID: Arriving] = [:]
    /// Streams that the multiplexer knows nothing of.
    private var own: Set<HTTP2StreamID> = []
    /// How many streams the multiplexer has; a client that follows a log is silent on its own.
    private var handedOn = 0
    private var answers: [Answer] = []
    private var isWatching = false
    private var lastHeaders: (count: Int, headers: HPACKHeaders) = (-1, [:])

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
        case .data(let content):
            if let request = arriving[frame.streamID] { return take(request, frame, content, context) }
            if own.contains(frame.streamID) { return }
        case .rstStream, .windowUpdate:
            if own.contains(frame.streamID) { return }
        default: break
        }
        context.fireChannelRead(data)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as NIOHTTP2StreamCreatedEvent:
            guard own.contains(event.streamID) else { return tell(event, context) }
            arriving[event.streamID]?.created = event
        case let closed as StreamClosedEvent:
            guard own.remove(closed.streamID) != nil else {
                handedOn = max(0, handedOn - 1)
                return context.fireUserInboundEventTriggered(event)
            }
            arriving[closed.streamID] = nil
            answers.removeAll { $0.stream == closed.streamID }
        case let event as NIOHTTP2WindowUpdatedEvent where own.contains(event.streamID): return
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Tells the multiplexer of a stream.
    private func tell(_ created: NIOHTTP2StreamCreatedEvent, _ context: ChannelHandlerContext) {
        handedOn += 1
        context.fireUserInboundEventTriggered(created)
    }

    /// Called when nothing came for a while: a connection whose streams are all answered is let go.
    func wasSilent() {
        guard let context else { return }
        if handedOn == 0, arriving.isEmpty {
            context.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        } else {
            clock.set(.seconds(TransportTimes.idleSecondsMax))
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
        let deadline = call.millisecondsMax.map { NIODeadline.now() + .milliseconds($0) }
        let request = Arriving(call, frame, deadline: deadline)
        own.insert(frame.streamID)
        arriving[frame.streamID] = request
        if content.endStream { end(request, context) } else { watch(deadline, context) }
        return true
    }

    /// Goes on with a request that began here.
    private func take(
        _ request: Arriving,
        _ frame: HTTP2Frame,
        _ content: HTTP2Frame.FramePayload.Data,
        _ context: ChannelHandlerContext
    ) {
        guard case .byteBuffer(var bytes) = content.data else { return }
        if request.data.isEmpty { request.body = bytes } else { request.body.writeBuffer(&bytes) }
        request.data.append(frame)
        if request.body.readableBytes > Self.bodyBytesMax {
            handOn(frame.streamID, context)
        } else if content.endStream {
            end(request, context)
        }
    }

    private func end(_ request: Arriving, _ context: ChannelHandlerContext) {
        let stream = request.head.streamID
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
        if let created = request.created { tell(created, context) }
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

    /// Answers of one kind are of one length.
    private func headers(ofBodyBytes count: Int) -> HPACKHeaders {
        if count == lastHeaders.count { return lastHeaders.headers }
        let headers: HPACKHeaders = [
            ":status": "200", "content-type": "application/json", "content-length": String(count),
        ]
        lastHeaders = (count, headers)
        return headers
    }

    func turnFailed() {
        answers.removeAll()
        context?.close(promise: nil)
    }

    func turnEnded() {
        guard let context, !answers.isEmpty else { return }
        let answers = answers
        self.answers.removeAll(keepingCapacity: true)
        for answer in answers {
            let head = HTTP2Frame.FramePayload.Headers(
                headers: headers(ofBodyBytes: answer.body.readableBytes)
            )
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
