package import Doors
import NIOCore
import NIOPosix
import NIOSSL

/// Asks the console door of a running server how it is, for supervisors that have nothing to ask with.
package enum HealthCheck {
    /// What to ask.
    package enum Question: String, Sendable {
        /// Whether the process answers.
        case alive = "/healthz"
        /// Whether it can serve requests.
        case ready = "/readyz"
    }

    package enum Failure: Error {
        case unreachable(String, reason: String)
        /// Something answers there, and not with HTTP.
        case noHTTP(String)
        case unhealthy(status: Int, text: String)
    }

    package static let secondsMax: Int64 = 5

    /// Asks, and returns what was answered when the answer is yes.
    ///
    /// With `tls` the server's certificate is not checked: nothing secret is sent, and the answer is worth no
    /// more than the address it comes from.
    package static func ask(
        _ question: Question,
        at address: DoorAddress,
        tls: Bool
    ) async throws(Failure) -> String {
        let place = address.description(boundTo: nil)
        let answer: String
        do {
            answer = try await exchange(question, with: address, tls: tls)
        } catch let error as NIOConnectionError {
            let reason = error.connectionErrors.first.map { "\($0.error)" } ?? "the name is not known"
            throw .unreachable(place, reason: reason)
        } catch {
            throw .unreachable(place, reason: "\(error)")
        }
        // HTTP/1.0 and no chunks: head, empty line, body, end.
        let head = answer.prefix { !$0.isNewline }.split(separator: " ")
        guard head.count >= 2, head[0].hasPrefix("HTTP/1."), let status = Int(head[1]) else {
            throw .noHTTP(place)
        }
        let body = answer.firstRange(of: "\r\n\r\n").map { answer[$0.upperBound...] } ?? ""
        let text = String(body.prefix { !$0.isNewline })
        guard status == 200 else { throw .unhealthy(status: status, text: text) }
        return text
    }

    private static func exchange(
        _ question: Question,
        with address: DoorAddress,
        tls: Bool
    ) async throws -> String {
        let group = MultiThreadedEventLoopGroup.singleton
        let answer = group.next().makePromise(of: String.self)
        let context = tls ? try tlsContext() : nil
        let request =
            "GET \(question.rawValue) HTTP/1.1\r\nHost: \(address.host)\r\nConnection: close\r\n\r\n"
        let connecting = ClientBootstrap(group: group)
            .connectTimeout(.seconds(secondsMax))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    }
                    try pipeline.addHandler(AnswerCollector(request: request, answer: answer))
                }
            }
            .connect(host: address.reachableHost, port: address.port)
        connecting.whenFailure { answer.fail($0) }
        return try await answer.futureResult.get()
    }

    private static func tlsContext() throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLContext(configuration: configuration)
    }
}

extension HealthCheck.Failure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let place, let reason): "\(place) cannot be reached: \(reason)"
        case .noHTTP(let place): "What answers at \(place) does not speak HTTP."
        case .unhealthy(let status, let text): "unhealthy (\(status)): \(text)"
        }
    }
}

extension DoorAddress {
    /// Where a door that listens on all addresses can be reached from the same machine.
    fileprivate var reachableHost: String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }
}

/// Sends a request once connected and gathers the answer until the server closes.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let bytesMax = 64 << 10

    private let request: String
    private let answer: EventLoopPromise<String>
    private var received = ByteBuffer()
    private var timeout: Scheduled<Void>?

    init(request: String, answer: EventLoopPromise<String>) {
        self.request = request
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        timeout = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(HealthCheck.secondsMax)) {
            self.answer.fail(ChannelError.connectTimeout(.seconds(HealthCheck.secondsMax)))
            context.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        received.writeBuffer(&part)
        if received.readableBytes > Self.bytesMax { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that ends TLS without saying so has answered all the same.
        if received.readableBytes == 0 { answer.fail(error) }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        answer.succeed(String(buffer: received))
        context.fireChannelInactive()
    }
}
