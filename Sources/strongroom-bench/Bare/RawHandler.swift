import BenchmarkKit
import NIOCore

/// Answers without an HTTP codec: finds where a request ends and looks at nothing else.
final class RawHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let answer = ByteBuffer(string: ConstantAnswer.message)
    private var received = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        var isAnswered = false
        do throws(HTTPFault) {
            while let request = try nextRequest() {
                received.moveReaderIndex(forwardBy: request.byteCount)
                context.write(wrapOutboundOut(Self.answer), promise: nil)
                isAnswered = true
            }
        } catch {
            context.close(promise: nil)
        }
        if isAnswered { context.flush() }
    }

    private func nextRequest() throws(HTTPFault) -> HTTPMessage? {
        // Result, because the closure rethrows any error and loses its type.
        try received.withUnsafeReadableBytes { bytes in
            Result { () throws(HTTPFault) in try HTTPMessage.request(in: bytes) }
        }.get()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
