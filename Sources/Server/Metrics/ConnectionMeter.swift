import NIOCore
import NIOTLS

/// Tells a door's meter when its connection opens and closes, and whether TLS was agreed on in between.
///
/// It stands behind TLS and HTTP in the pipeline and looks at no request.
final class ConnectionMeter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let meter: DoorMeter
    private var isOpen = false
    private var isSecured = false

    init(_ meter: DoorMeter) {
        self.meter = meter
    }

    func handlerAdded(context: ChannelHandlerContext) {
        isOpen = true
        meter.connectionOpened()
    }

    func handlerRemoved(context: ChannelHandlerContext) { close() }

    func channelInactive(context: ChannelHandlerContext) {
        close()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { isSecured = true }
        context.fireUserInboundEventTriggered(event)
    }

    private func close() {
        guard isOpen else { return }
        isOpen = false
        meter.connectionClosed()
        if meter.isSecure, !isSecured { meter.handshakeFailed() }
    }
}
