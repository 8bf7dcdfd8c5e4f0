import AWSProtocol
import Doors
import Foundation
import NIOCore
import NIOEmbedded
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
