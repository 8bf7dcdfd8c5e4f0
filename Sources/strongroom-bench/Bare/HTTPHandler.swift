import NIOCore
import NIOHTTP1

/// Answers behind NIO's HTTP codec when a request's body has ended.
final class HTTPHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private static let body = ByteBuffer(string: ConstantAnswer.body)
    private static let head = HTTPResponseHead(
        version: .http1_1,
        status: .ok,
        headers: [
            "Content-Type": ConstantAnswer.contentType, "x-amzn-RequestId": ConstantAnswer.requestID,
            "Content-Length": "\(ConstantAnswer.body.utf8.count)",
        ]
    )
    private var bodyBytes = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: bodyBytes = 0
        case .body(let part): bodyBytes += part.readableBytes
        case .end:
            context.write(wrapOutboundOut(.head(Self.head)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(Self.body))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
