import NIOCore
import NIOHTTP2

/// Stands behind the HTTP/2 library, counts its streams for the lane, and hangs up on a client that broke the protocol.
final class LibraryStreams: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let lane: HTTP2Lane
    private var open: Set<HTTP2StreamID> = []

    init(_ lane: HTTP2Lane) { self.lane = lane }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let created as NIOHTTP2StreamCreatedEvent: open.insert(created.streamID)
        case let closed as StreamClosedEvent:
            // The library tells of the end of streams that never began, as their header fields were malformed; who
            // takes leave from the client relies on hearing of both.
            guard open.remove(closed.streamID) != nil else { return }
        default: break
        }
        lane.streamsInLibrary = open.count
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An error of one stream ends that; of the connection the library has told the client, and goes on.
        if lane.isGoingAway { context.close(promise: nil) } else { context.fireErrorCaught(error) }
    }
}
