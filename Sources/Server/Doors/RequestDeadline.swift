import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// Closes a connection whose request does not arrive whole in time, however steadily it drips, and one whose
/// peer leaves its answers untaken.
///
/// Both get less time once the server is told to stop.
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

    private static let bufferBytesMax = 32 << 10
    /// Enough to keep a distant peer's connection busy.
    private static let unsentBytesMax = 256 << 10

    private let arrival: TimeAmount
    private let taking: TimeAmount
    private let farewell: TimeAmount
    private let laneSettings: FastLane.Settings?
    private var lane: FastLane?
    private var deadline: Scheduled<Void>?
    /// Runs while answers wait that the peer does not take.
    private var patience: Scheduled<Void>?
    private var isStopping = false

    init(
        arrival: TimeAmount,
        taking: TimeAmount,
        farewell: TimeAmount,
        lane: FastLane.Settings? = nil
    ) {
        self.arrival = arrival
        self.taking = taking
        self.farewell = farewell
        laneSettings = lane
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            try limitBuffers(of: context.channel)
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
            // Without limits and the watch a slow peer would never be noticed.
            context.close(promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        if let lane, case .end = unwrapOutboundIn(data) { lane.handedOnWasAnswered() }
    }

    /// Bounds what a peer that sends requests and takes no answers can make the process, and the kernel, hold.
    private func limitBuffers(of channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        let allocator = AdaptiveRecvByteBufferAllocator(
            minimum: 1 << 10,
            initial: 4 << 10,
            maximum: Self.bufferBytesMax
        )
        try options.setOption(.recvAllocator, value: allocator)
        try options.setOption(.maxMessagesPerRead, value: 1)
        try options.setOption(
            .writeBufferWaterMark,
            value: .init(low: Self.bufferBytesMax / 2, high: Self.bufferBytesMax)
        )
        // The kernel would take megabytes, and requests would be carried out for it.
        try options.setOption(
            ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_NOTSENT_LOWAT)),
            value: SocketOptionValue(Self.unsentBytesMax)
        )
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        disarm()
        regain()
        lane = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        disarm()
        regain()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        regain()
        if !context.channel.isWritable { patience = closing(context, in: taking) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent || event is ServerIsStopping, !isStopping {
            isStopping = true
            if deadline != nil {
                disarm()
                arm(context: context)
            }
            if patience != nil {
                regain()
                patience = closing(context, in: taking)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: lane?.codecTookRequest()
        case .body: break
        case .end: disarm()
        }
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
        deadline = closing(context, in: arrival)
    }

    private func closing(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
        let time = isStopping ? min(time, farewell) : time
        return context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    private func regain() {
        patience?.cancel()
        patience = nil
    }

    private func disarm() {
        deadline?.cancel()
        deadline = nil
    }
}

/// Told where a connection is to end, but not before its lane has finished what it began.
struct ServerIsStopping: Sendable {}

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
