import AWSProtocol
import KES
import NIOCore
import NIOHTTP1

/// Gathers a request, has it answered, and writes the answer: one connection of HTTP/1.1, or one stream of HTTP/2.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// What is kept of a request until it is answered.
    private struct Call {
        let state: KESState
        let head: HTTPRequestHead
        let began: NIODeadline
        let caller: Caller
        var isCounted = false
    }

    private let peer: Peer
    private let door: KESDoor
    private let phase: ConnectionPhase
    /// Whether one request is all that the channel carries.
    private let closesAtEnd: Bool
    /// Told when an answer has been written.
    var onAnswer: (() -> Void)?
    private var call: Call?
    private var arrival = RequestArrival()
    private var following: (stream: EventStream, number: UInt64)?

    init(peer: Peer, door: KESDoor, phase: ConnectionPhase, closesAtEnd: Bool) {
        self.peer = peer
        self.door = door
        self.phase = phase
        self.closesAtEnd = closesAtEnd
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let bytes):
            // What nobody reads is let through for a while, so that the client gets to hear its answer.
            if !arrival.take(bytes) { context.close(promise: nil) }
        case .end: end(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase.requestBegan(milliseconds: nil)
        following.map { $0.stream.leave($0.number) }
        following = nil
        if call?.isCounted == true { door.meter.abandoned() }
        call = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let state = door.state
        let plan = RequestPlan(head, state)
        var call = Call(
            state: state,
            head: head,
            began: context.eventLoop.now,
            caller: Caller(peer, head.headers, state.proxies)
        )
        arrival = RequestArrival(plan)
        if plan.route?.isCounted == true {
            call.isCounted = true
            door.meter.began()
        }
        self.call = call
        phase.requestBegan(milliseconds: plan.millisecondsMax)
        if arrival.bytesMax > 0, head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            let head = HTTPResponseHead(version: head.version, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        guard let call, let plan = arrival.plan else { return }
        // A body may hold plaintext: it does not stay for as long as the connection waits for its next request.
        defer { arrival = RequestArrival() }
        let request = plan.request(call.caller, method: call.head.method.rawValue, body: arrival.body)
        // Nothing is done that could not be told of.
        guard case .success(let room) = plan.route?.changesKeys == true ? door.log.room() : .success(nil),
            door.log.canRecord
        else { return finish(.unrecorded, nil, context) }
        switch answer(call, plan, request) {
        case .ready(let response): finish(response, request, context)
        case .events(let stream): follow(stream, request, context)
        case .later(let work):
            let promise = context.eventLoop.makePromise(of: KESResponse.self)
            promise.completeWithTask { await work() }
            promise.futureResult.assumeIsolated().whenSuccess { response in
                // The client may have left meanwhile, and its call with it; what was done is told all the same.
                guard self.call != nil else {
                    let time = context.eventLoop.now - call.began
                    guard let request else { return }
                    _ = self.door.log.record(request, status: response.status, time: time, in: room)
                    return
                }
                self.finish(response, request, context, room)
            }
        }
    }

    private func answer(_ call: Call, _ plan: RequestPlan, _ request: KESRequest?) -> Answer {
        guard let request, let route = plan.route else {
            return .ready(.error(plan.failure ?? .notFound))
        }
        do throws(AdmissionFailure) {
            try call.state.admit(call.caller.identity, to: route, path: plan.path)
        } catch {
            door.log.note(
                .warning,
                "request refused: \(error.reason)",
                [("req.method", request.method), ("req.path", request.path), ("req.ip", request.address)]
            )
            return .ready(.error(error.error))
        }
        guard !arrival.isTooLarge else {
            door.log.note(.error, "http: request body too large", [("req.path", request.path)])
            return .ready(.error(.invalidBody))
        }
        return Responder(state: call.state, door: door).answer(request)
    }

    private func finish(
        _ response: KESResponse,
        _ request: KESRequest?,
        _ context: ChannelHandlerContext,
        _ room: (any RecordRoom)? = nil
    ) {
        guard let call else { return }
        self.call = nil
        let time = context.eventLoop.now - call.began
        var response = response
        if let request, !door.log.record(request, status: response.status, time: time, in: room) {
            response = .unrecorded
        }
        if call.isCounted { door.meter.ended(status: response.status, after: time) }
        write(response, to: call.head, context)
    }

    private func write(_ response: KESResponse, to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders()
        if let type = response.contentType { headers.add(name: "Content-Type", value: type) }
        headers.add(name: "Content-Length", value: String(response.body.count))
        for (name, value) in response.headers { headers.add(name: name, value: value) }
        let staysOpen = head.isKeepAlive && !closesAtEnd
        if !staysOpen, !closesAtEnd { headers.add(name: "Connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: response.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: status, headers: headers))),
            promise: nil
        )
        if !response.body.isEmpty, head.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.phase.requestEnded()
            if !staysOpen, !self.closesAtEnd { context.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        onAnswer?()
    }

    /// Begins an answer that has no end.
    private func follow(_ stream: EventStream, _ request: KESRequest?, _ context: ChannelHandlerContext) {
        guard let call else { return }
        let head = HTTPResponseHead(
            version: call.head.version,
            status: .ok,
            headers: ["Content-Type": "application/x-ndjson"]
        )
        // Told before it follows, so that nobody's first event is their own coming.
        if let request, !stream.isFull {
            let time = context.eventLoop.now - call.began
            guard door.log.record(request, status: 200, time: time) else {
                return finish(.unrecorded, nil, context)
            }
        }
        guard let number = stream.follow(context.channel) else {
            finish(KESResponse(status: 503), request, context)
            return
        }
        following = (stream, number)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }
}
