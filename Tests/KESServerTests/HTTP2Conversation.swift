import Cryptography
import Doors
import Foundation
import KES
import NIOCore
import NIOEmbedded
import Testing

@testable import KESServer

/// A KES door without sockets, whose key `key-1` is in memory.
struct HTTP2Scene: Sendable {
    let door: KESDoor
    let identity: Identity

    init() async throws {
        let apiKey = APIKey()
        identity = apiKey.identity
        let text = """
            admin: { identity: disabled }
            policy: { all: { allow: [ "/v1/key/*/*" ], identities: [ \(identity.text) ] } }
            tls: { key: k, cert: c }
            keystore: { fs: { path: ./keys } }
            """
        let configuration = try KESConfiguration.parse(text, environment: [:])
        let keys = KESKeyService(
            store: MemoryKeyStore(),
            expiry: configuration.cache,
            time: ServiceTime(ContinuousClock()) { Moment(SystemTime.now()) }
        )
        let name = try KeyName("key-1")
        try await keys.createMissing([name], by: "")
        _ = try await keys.key(name)
        let certificate = try IdentityCertificate(
            of: apiKey,
            name: "localhost",
            hosts: ["localhost"],
            purpose: .clientAndServer,
            seconds: 3_600,
            now: SystemTime.now()
        )
        let state = KESState(
            keys: keys,
            policies: configuration.policies,
            routes: [:],
            proxies: KESState.Proxies(identities: [], header: ""),
            about: KESState.About(version: "test", commit: "", startedAt: Moment(SystemTime.now())),
            security: try TransportSecurity(
                ServerCertificate(certificate),
                trust: .anybody,
                requiresCertificate: true
            )
        )
        door = KESDoor(state, log: EventLog(now: { SystemTime.now() }))
    }

    func connect() async throws -> HTTP2Conversation {
        let channel = NIOAsyncTestingChannel()
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 7))
        let peer = Peer(address: "127.0.0.1", identity: .success(identity))
        try await channel.testingEventLoop.executeInContext {
            try ConnectionPipelines.configureHTTP2(channel, peer, door)
        }
        return HTTP2Conversation(channel)
    }
}

/// A frame as a test sees it.
struct SeenFrame: Equatable {
    let head: FrameHead
    let payload: [UInt8]

    /// The number in four bytes of the payload.
    func number(at index: Int = 0) -> Int {
        payload.dropFirst(index).prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
}

/// What a client of HTTP/2 says and hears, byte for byte.
final class HTTP2Conversation {
    private let channel: NIOAsyncTestingChannel
    private var heard: [UInt8] = []

    init(_ channel: NIOAsyncTestingChannel) { self.channel = channel }

    static let greeting = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let generate = "/v1/key/generate/key-1"

    /// Says the first words of a client that lets the server send as much as it likes.
    func greet() async throws -> [SeenFrame] {
        try await say(Self.greeting + Self.settings() + Self.windowUpdate(0, 1 << 20))
    }

    /// Gives the frames that came back in the same turn of the event loop.
    func say(_ bytes: [UInt8]) async throws -> [SeenFrame] {
        // What the library thinks of it the client hears; a connection may be over.
        _ = try? await channel.writeInbound(ByteBuffer(bytes: bytes))
        await channel.testingEventLoop.run()
        return try await hear()
    }

    /// Lets time pass.
    func wait(_ seconds: Int64) async throws -> [SeenFrame] {
        await channel.testingEventLoop.advanceTime(by: .seconds(seconds))
        return try await hear()
    }

    /// Has the server stop in the midst of what is said.
    func stop(after bytes: [UInt8]) async throws -> [SeenFrame] {
        try await channel.writeInbound(ByteBuffer(bytes: bytes))
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        await channel.testingEventLoop.run()
        return try await hear()
    }

    var isOpen: Bool {
        get async {
            await channel.testingEventLoop.run()
            return channel.isActive
        }
    }

    func hangUp() async {
        // What is left of a connection that broke is of no interest.
        _ = try? await channel.finish(acceptAlreadyClosed: true)
    }

    private func hear() async throws -> [SeenFrame] {
        while let buffer = try await channel.readOutbound(as: ByteBuffer.self) {
            heard.append(contentsOf: buffer.readableBytesView)
        }
        var frames: [SeenFrame] = []
        while let head = heard.withUnsafeBytes({ FrameHead($0) }) {
            let end = FrameHead.bytesCount + head.payloadBytes
            try #require(heard.count >= end, "a frame is not whole")
            frames.append(SeenFrame(head: head, payload: Array(heard[FrameHead.bytesCount..<end])))
            heard.removeFirst(end)
        }
        try #require(heard.isEmpty, "a frame is not whole")
        return frames
    }

    // MARK: Frames

    static func frame(_ kind: UInt8, _ flags: UInt8, _ stream: UInt32, _ payload: [UInt8] = []) -> [UInt8] {
        let count = UInt32(payload.count)
        return withUnsafeBytes(of: (count << 8 | UInt32(kind)).bigEndian, Array.init) + [flags]
            + withUnsafeBytes(of: stream.bigEndian, Array.init) + payload
    }

    static func settings() -> [UInt8] { frame(FrameHead.Kind.settings, 0, 0) }

    static func setting(_ name: UInt16, _ value: UInt32) -> [UInt8] {
        let payload =
            withUnsafeBytes(of: name.bigEndian, Array.init) + withUnsafeBytes(of: value.bigEndian, Array.init)
        return frame(FrameHead.Kind.settings, 0, 0, payload)
    }

    static func windowUpdate(_ stream: UInt32, _ count: UInt32) -> [UInt8] {
        frame(FrameHead.Kind.windowUpdate, 0, stream, withUnsafeBytes(of: count.bigEndian, Array.init))
    }

    static func reset(_ stream: UInt32) -> [UInt8] {
        frame(FrameHead.Kind.resetStream, 0, stream, [0, 0, 0, 8])
    }

    /// Header fields as literals that enter no table.
    static func block(_ path: String, _ method: String = "POST", _ more: (String, String)...) -> [UInt8] {
        let pseudo = [(":method", method), (":scheme", "https"), (":authority", "kes"), (":path", path)]
        var block: [UInt8] = []
        for (name, value) in pseudo + more {
            block += [0, UInt8(name.utf8.count)]
            block += Array(name.utf8)
            block.append(UInt8(value.utf8.count))
            block += Array(value.utf8)
        }
        return block
    }

    static func headers(_ stream: UInt32, _ block: [UInt8], endsStream: Bool = false) -> [UInt8] {
        let flags = FrameHead.Flag.endHeaders | (endsStream ? FrameHead.Flag.endStream : 0)
        return frame(FrameHead.Kind.headers, flags, stream, block)
    }

    static func data(_ stream: UInt32, _ body: String, endsStream: Bool = true) -> [UInt8] {
        frame(FrameHead.Kind.data, endsStream ? FrameHead.Flag.endStream : 0, stream, Array(body.utf8))
    }

    static func request(_ stream: UInt32) -> [UInt8] {
        headers(stream, block(generate)) + data(stream, "{}")
    }
}

extension [SeenFrame] {
    /// Streams that were answered by the lane, in order.
    var answered: [UInt32] {
        let ended = filter { $0.head.kind == FrameHead.Kind.data && $0.head.endsStream }.map(\.head.stream)
        return filter { frame in
            frame.head.kind == FrameHead.Kind.headers && frame.payload.starts(with: [0x88, 0x0F, 16, 16])
                && ended.contains(frame.head.stream)
        }.map(\.head.stream)
    }

    func of(_ kind: UInt8) -> [SeenFrame] { filter { $0.head.kind == kind } }
}
