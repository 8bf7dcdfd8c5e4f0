import NIOCore
import NIOHTTP2

/// Stands behind the HTTP/2 library, counts its streams for the lane, and ends connections that break the protocol.
final class LibraryStreams: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let lane: HTTP2Lane

    init(_ lane: HTTP2Lane) { self.lane = lane }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is NIOHTTP2StreamCreatedEvent: lane.libraryStreams(1)
        case is StreamClosedEvent: lane.libraryStreams(-1)
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }
}
