import AWSProtocol
import Doors
import Foundation
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Server

@Suite("The fast lane")
struct FastLaneTests {
    @Test func `lets no answer go before its event is in the trail`() async throws {
        let scene = try await GatewayScene()
        let made = await scene.answer(
            scene.kms("CreateKey", #"{"KeySpec":"ECC_NIST_P256","KeyUsage":"SIGN_VERIFY"}"#)
        )
        let key = try #require(made["KeyId"])
        #expect(await scene.answer(scene.kms("DescribeKey", #"{"KeyId":"\#(key)"}"#)).status == 200)
        let brief = scene.kms("GenerateRandom", #"{"NumberOfBytes":4}"#).bytes
        let moderate = scene.kms(
            "Sign",
            #"{"KeyId":"\#(key)","Message":"aGVsbG8=","SigningAlgorithm":"ECDSA_SHA_256"}"#
        ).bytes
        // More than are answered in one turn: what is left begins while the turn's answers leave.
        let turn = [[UInt8]](repeating: brief, count: 16)
        let (first, second) = (turn + [brief, moderate, brief], turn + [brief])
        let before = try scene.events().count
        let (asked, early) = try Self.drive(scene) { loop, settings in
            let watch = AnswerWatch { try scene.events().count - before }
            let channels = (0..<2).map { _ in
                EmbeddedChannel(handlers: [watch, FastLane(settings)], loop: loop)
            }
            for (channel, requests) in zip(channels, [first, second]) {
                channel.pipeline.fireChannelRead(ByteBuffer(bytes: requests.joined()))
            }
            loop.run()
            for channel in channels { _ = try channel.finish() }
            return (watch.answers, watch.early)
        }
        #expect(asked == first.count + second.count)
        #expect(early.isEmpty, "answers written, and events that were in the trail: \(early)")
        #expect(try scene.events().count == before + asked)
    }

    @Test func `does not take a connection for idle whose request the library is answering`() async throws {
        let scene = try await GatewayScene()
        try Self.drive(scene, idleSecondsMax: 0) { loop, settings in
            let channel = EmbeddedChannel(loop: loop)
            let never = TimeAmount.hours(1_000_000)
            let deadline = RequestDeadline(arrival: never, taking: never, farewell: never, lane: settings)
            try channel.pipeline.syncOperations.addHandlers([Library(), deadline])
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 7)).wait()
            // Not plain, so that the library has the connection for good.
            channel.pipeline.fireChannelRead(ByteBuffer(string: "GET / HTTP/1.0\r\n\r\n"))
            loop.advanceTime(to: .now())
            #expect(channel.isActive)
            channel.pipeline.write(HTTPResponsePart.head(HTTPResponse(status: .ok)), promise: nil)
            channel.pipeline.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
            loop.advanceTime(to: .now())
            #expect(!channel.isActive)
        }
    }

    /// Runs what belongs to one thread, as an event loop would.
    private static func drive<Result>(
        _ scene: GatewayScene,
        idleSecondsMax: Int64 = 60,
        _ body: (EmbeddedEventLoop, FastLane.Settings) throws -> Result
    ) rethrows -> Result {
        var limits = DoorLimits()
        limits.idleSecondsMax = idleSecondsMax
        let settings = FastLane.Settings(
            gateway: scene.gateway,
            limits: limits,
            isSecure: false,
            meter: DoorMeter(name: "aws", isSecure: false)
        )
        return try body(EmbeddedEventLoop(), settings)
    }
}

/// Stands for the HTTP library: any bytes are a request.
private final class Library: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/")
        context.fireChannelRead(wrapInboundOut(.head(head)))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.succeed()
    }
}

/// Counts the answers that lanes write, and notes when there were more of them than events.
private final class AnswerWatch: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var answers = 0
    private(set) var early: [String] = []
    private let events: () throws -> Int

    init(events: @escaping () throws -> Int) { self.events = events }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let text = String(buffer: unwrapOutboundIn(data))
        answers += text.ranges(of: "HTTP/1.1 200 OK").count
        do {
            let recorded = try events()
            if recorded < answers { early.append("\(answers) \(recorded)") }
        } catch {
            early.append("\(error)")
        }
        context.write(data, promise: promise)
    }
}

extension Question {
    /// The request as it comes on a connection.
    fileprivate var bytes: [UInt8] {
        let lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        return Array("\(method) \(path) HTTP/1.1\r\n\(lines)Content-Length: \(body.count)\r\n\r\n".utf8)
            + body
    }
}
