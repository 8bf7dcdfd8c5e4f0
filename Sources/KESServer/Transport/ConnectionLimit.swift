import NIOCore

/// Stands at the listening socket and takes no further connections while there are as many as allowed; they wait
/// in the kernel's queue.
final class ConnectionLimit: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = any Channel

    private let countMax: Int
    private var count = 0
    private var isWaiting = false

    init(_ countMax: Int) {
        self.countMax = countMax
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count += 1
        unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).assumeIsolated().whenComplete { _ in
            self.count -= 1
            guard self.isWaiting else { return }
            self.isWaiting = false
            context.read()
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if count >= countMax {
            isWaiting = true
        } else {
            context.read()
        }
    }
}
