import NIOCore

/// Joins what is written between two flushes into one buffer.
///
/// HTTP/2 writes the head of a frame and its payload apart, and TLS would make a record of each.
final class WriteGathering: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var gathered: ByteBuffer?
    private var promises: [EventLoopPromise<Void>] = []

    /// More is passed on as it is: copying would cost more than a record.
    private static let bytesMax = 16 << 10

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var bytes = unwrapOutboundIn(data)
        if (gathered?.readableBytes ?? 0) + bytes.readableBytes > Self.bytesMax { pass(context) }
        guard bytes.readableBytes < Self.bytesMax else {
            context.write(data, promise: promise)
            return
        }
        if let promise { promises.append(promise) }
        if gathered == nil { gathered = bytes } else { gathered?.writeBuffer(&bytes) }
    }

    func flush(context: ChannelHandlerContext) {
        pass(context)
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        pass(context)
        context.close(mode: mode, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) { fail() }

    private func pass(_ context: ChannelHandlerContext) {
        guard let bytes = gathered else { return }
        gathered = nil
        guard !promises.isEmpty else { return context.write(wrapOutboundOut(bytes), promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        for promise in promises { written.futureResult.cascade(to: promise) }
        promises = []
        context.write(wrapOutboundOut(bytes), promise: written)
    }

    private func fail() {
        for promise in promises { promise.fail(ChannelError.ioOnClosedChannel) }
        (gathered, promises) = (nil, [])
    }
}
