import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// Closes a connection whose request does not arrive whole in time, however steadily it drips.
///
/// It stands behind the HTTP decoder, where it sees requests end, and puts a second handler in front of all
/// others, where the first byte is seen: a client that never finishes its headers reaches no other timeout.
///
/// Where a door has a fast lane, it is put in front of that second handler: what it answers itself never reaches
/// either of the two. It is told when a request that it handed on has been answered.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: TimeAmount
    private let laneSettings: FastLane.Settings?
    private var lane: FastLane?
    private var deadline: Scheduled<Void>?

    init(limit: TimeAmount, lane: FastLane.Settings? = nil) {
        self.limit = limit
        laneSettings = lane
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            guard let laneSettings else {
                return try pipeline.addHandler(ArrivalWatch(self), position: .first)
            }
            let lane = FastLane(laneSettings)
            if laneSettings.isSecure {
                let tls = try pipeline.handler(type: NIOSSLServerHandler.self)
                try pipeline.addHandlers([lane, ArrivalWatch(self)], position: .after(tls))
            } else {
                try pipeline.addHandlers([lane, ArrivalWatch(self)], position: .first)
            }
            self.lane = lane
        } catch {
            // Without the watch a slow peer would never be noticed.
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        disarm()
        lane = nil
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        if let lane, case .end = unwrapOutboundIn(data) { lane.handedOnWasAnswered() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        disarm()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .end = unwrapInboundIn(data) { disarm() }
        context.fireChannelRead(data)
    }

    /// Makes every failure of the layers below one that is answered with 400: a head that HTTP's types cannot
    /// express is as malformed as one that the parser refuses.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is HTTPParserError, is IOError, is ChannelError: context.fireErrorCaught(error)
        default: context.fireErrorCaught(HTTPParserError.unknown)
        }
    }

    /// Starts the clock of a request unless one is running.
    fileprivate func arm(context: ChannelHandlerContext) {
        guard deadline == nil else { return }
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { context.close(promise: nil) }
    }

    private func disarm() {
        deadline?.cancel()
        deadline = nil
    }
}

/// Sees the bytes of a connection before anyone else.
private final class ArrivalWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let deadline: RequestDeadline

    init(_ deadline: RequestDeadline) {
        self.deadline = deadline
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        deadline.arm(context: context)
        context.fireChannelRead(data)
    }
}
