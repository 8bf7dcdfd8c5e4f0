import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An HTTP server on this machine that answers as a test says, and remembers what it was asked.
final class ScriptedHTTPServer: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: [UInt8]
    }

    enum Reply: Sendable {
        case answer(Int, String)
        /// Closes the connection without an answer.
        case hangUp
    }

    private let channel: any Channel
    private let log: RequestLog

    let port: Int
    var url: String { "http://127.0.0.1:\(port)" }

    /// Starts to listen on a free port.
    static func start(
        _ reply: @escaping @Sendable (Request) async -> Reply
    ) async throws -> ScriptedHTTPServer {
        let log = RequestLog()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Answering(reply: reply, log: log))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedHTTPServer(channel, log)
    }

    private init(_ channel: any Channel, _ log: RequestLog) {
        self.channel = channel
        self.log = log
        port = channel.localAddress?.port ?? 0
    }

    var received: [Request] { log.requests.withLock { $0 } }

    func stop() async throws { try await channel.close() }

    final class RequestLog: Sendable {
        let requests = Mutex<[Request]>([])
    }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let reply: @Sendable (ScriptedHTTPServer.Request) async -> ScriptedHTTPServer.Reply
    private let log: ScriptedHTTPServer.RequestLog
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(
        reply: @escaping @Sendable (ScriptedHTTPServer.Request) async -> ScriptedHTTPServer.Reply,
        log: ScriptedHTTPServer.RequestLog
    ) {
        self.reply = reply
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let part): body += part.readableBytesView
        case .end: finish(context.channel)
        }
    }

    private func finish(_ channel: any Channel) {
        guard let head else { return }
        let request = ScriptedHTTPServer.Request(
            method: head.method.rawValue,
            path: head.uri,
            headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
            body: body
        )
        log.requests.withLock { $0.append(request) }
        let reply = reply
        Task {
            switch await reply(request) {
            case .hangUp: channel.close(promise: nil)
            case .answer(let status, let text):
                var headers = HTTPHeaders()
                headers.add(name: "content-length", value: String(text.utf8.count))
                let head = HTTPResponseHead(
                    version: .http1_1,
                    status: .init(statusCode: status),
                    headers: headers
                )
                channel.write(HTTPServerResponsePart.head(head), promise: nil)
                channel.write(
                    HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: text))),
                    promise: nil
                )
                channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
            }
        }
    }
}
