import NIOCore
import Testing

@testable import KESServer

@Suite("Breaches of HTTP/2")
struct HTTP2BreachTests {
    private typealias Talk = HTTP2Conversation

    struct Breach: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        /// Why the connection ends (RFC 9113 section 7).
        let reason: Int

        init(_ name: String, _ reason: Int, _ parts: [UInt8]...) {
            testDescription = name
            bytes = Array(parts.joined())
            self.reason = reason
        }
    }

    private static let version = Talk.block("/version", "GET")
    private static let ping = Talk.frame(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])

    /// What is said after the greeting and one answered request.
    private static let breaches = [
        Breach("a body behind a request's end", 5, Talk.data(1, "x")),
        Breach("a head behind a request's end", 5, Talk.headers(1, version, endsStream: true)),
        Breach("a stream with a lower number", 5, Talk.request(7), Talk.request(5)),
        Breach("a body without a head", 1, Talk.data(9, "x")),
        Breach("a reset of what never began", 1, Talk.reset(9)),
        Breach("a server's stream", 1, Talk.headers(2, version, endsStream: true)),
        Breach("a head of the connection", 1, Talk.headers(0, version, endsStream: true)),
        Breach("a body of the connection", 1, Talk.data(0, "x")),
        Breach("a frame that is too long", 6, [0x00, 0x40, 0x01, 0, 0, 0, 0, 0, 3]),
        Breach("a table entry that is not there", 9, Talk.headers(3, [0xFE], endsStream: true)),
        Breach("a text that ends too soon", 9, Talk.headers(3, [0x00, 0x7F, 0x01], endsStream: true)),
        Breach("a table that grows too large", 9, Talk.headers(3, [0x3F, 0xE2, 0x1F], endsStream: true)),
        Breach("more padding than payload", 1, Talk.frame(1, 0x0D, 3, [9, 0x88])),
        Breach("a continuation of nothing", 1, Talk.frame(9, 4, 3, [0x88])),
        Breach("another frame within a head", 1, Talk.frame(1, 0, 3, [0x88]), ping),
        Breach("another stream within a head", 1, Talk.frame(1, 0, 3, [0x88]), Talk.frame(9, 4, 5, [0x88])),
        Breach("no end of a head", 11, Talk.frame(1, 0, 3), times(9) { _ in Talk.frame(9, 0, 3) }),
        Breach("a grant of nothing", 1, Talk.windowUpdate(0, 0)),
        Breach("a grant of too much", 3, Talk.windowUpdate(0, UInt32(Int32.max))),
        Breach("a grant of three bytes", 6, Talk.frame(8, 0, 0, [0, 0, 1])),
        Breach("settings of five bytes", 6, Talk.frame(4, 0, 0, [0, 0, 0, 0, 1])),
        Breach("settings of a stream", 1, Talk.frame(4, 0, 1)),
        Breach("a window that is too large", 3, Talk.setting(4, UInt32.max)),
        Breach("a promise", 1, Talk.frame(5, 4, 1, [0, 0, 0, 2, 0x88])),
        Breach(
            "many streams that are begun and given up",
            11,
            times(400) { Talk.headers(2 * $0 + 1, Talk.block(Talk.generate)) + Talk.reset(2 * $0 + 1) }
        ),
        Breach("many settings", 11, times(400) { _ in Talk.settings() }),
        Breach("many pings", 11, times(400) { _ in ping }),
        Breach(
            "many empty parts of a body",
            11,
            Talk.headers(3, Talk.block(Talk.generate)),
            times(9) { _ in Talk.data(3, "", endsStream: false) }
        ),
    ]

    private static func times(_ count: UInt32, _ part: (UInt32) -> [UInt8]) -> [UInt8] {
        (1...count).flatMap(part)
    }

    @Test(arguments: breaches) func `end the connection, and say why`(_ breach: Breach) async throws {
        try await Self.check(breach, HTTP2Scene())
    }

    private static func check(_ breach: Breach, _ scene: HTTP2Scene) async throws {
        let talk = try await scene.connect()
        _ = try await talk.greet()
        #expect(try await talk.say(Talk.request(1)).answered == [1])
        let said = try await talk.say(breach.bytes).of(FrameHead.Kind.goAway)
        #expect(said.last?.number(at: 4) == breach.reason)
        #expect(await !talk.isOpen)
        // Nothing more is answered.
        #expect(try await talk.say(Talk.request(999)).isEmpty)
    }

    @Test func `of a single stream end that stream alone`() async throws {
        let scene = try await HTTP2Scene()
        let talk = try await scene.connect()
        _ = try await talk.greet()
        let short = Talk.block(Talk.generate, "POST", ("content-length", "9"))
        let upper = Talk.block(Talk.generate, "POST", ("X-Upper", "1"))
        let hop = Talk.block(Talk.generate, "POST", ("connection", "close"))
        let twice = Talk.block(Talk.generate, "POST", (":path", "/"))
        for (number, block) in [short, upper, hop, twice].enumerated() {
            let stream = UInt32(4 * number + 1)
            let seen = try await talk.say(Talk.headers(stream, block) + Talk.data(stream, "{}"))
            #expect(seen.of(FrameHead.Kind.resetStream).map(\.head.stream) == [stream])
            #expect(seen.of(FrameHead.Kind.resetStream).first?.number() == 1)
            #expect(try await talk.say(Talk.request(stream + 2)).answered == [stream + 2])
        }
    }

    private static let beginnings: [[UInt8]] = [
        Array("GET / HTTP/1.1\r\nHost: kes\r\n\r\n".utf8), Talk.greeting.dropLast() + [0x20],
        Talk.settings() + Talk.request(1),
        Talk.greeting + Talk.request(1), Talk.greeting + ping,
    ]

    @Test(arguments: beginnings)
    func `at the very beginning end the connection`(_ bytes: [UInt8]) async throws {
        let scene = try await HTTP2Scene()
        let talk = try await scene.connect()
        let said = try await talk.say(bytes)
        #expect(said.of(FrameHead.Kind.goAway).first?.number(at: 4) == 1)
        #expect(await !talk.isOpen)
    }

    @Test func `and damage of all kinds never leave a frame half said, or a stream answered twice`()
        async throws
    {
        let scene = try await HTTP2Scene()
        for seed in 1...400 { try await Self.damage(UInt64(seed), scene) }
    }

    private static func damage(_ seed: UInt64, _ scene: HTTP2Scene) async throws {
        var chance = Chance(state: seed)
        let talk = try await scene.connect()
        var bytes = Talk.greeting + Talk.settings() + Talk.windowUpdate(0, 1 << 20)
        var stream: UInt32 = 1
        for _ in 0..<Int.random(in: 1...12, using: &chance) {
            bytes += part(stream, &chance)
            stream += 2
        }
        for _ in 0..<Int.random(in: 0...3, using: &chance) {
            let index = Int.random(in: bytes.indices, using: &chance)
            bytes[index] = UInt8.random(in: 0...255, using: &chance)
        }
        var seen: [SeenFrame] = []
        while !bytes.isEmpty {
            let count = Int.random(in: 1...200, using: &chance)
            seen += try await talk.say(Array(bytes.prefix(count)))
            bytes.removeFirst(min(count, bytes.count))
        }
        seen += try await talk.wait(200)
        let ended = seen.filter { $0.head.endsStream && $0.head.kind <= FrameHead.Kind.headers }.map(
            \.head.stream
        )
        #expect(Set(ended).count == ended.count, "seed \(seed)")
        await talk.hangUp()
    }

    private static func part(_ stream: UInt32, _ chance: inout Chance) -> [UInt8] {
        let block = Talk.block(Talk.generate)
        let old = UInt32.random(in: 0...stream, using: &chance)
        switch Int.random(in: 0...9, using: &chance) {
        case 0: return Talk.headers(stream, block)
        case 1: return Talk.headers(stream, Talk.block("/version", "GET"), endsStream: true)
        case 2: return Talk.windowUpdate(old, 100)
        case 3: return Talk.reset(old)
        case 4: return Talk.data(old, "{}", endsStream: Bool.random(using: &chance))
        case 5: return Talk.headers(stream, [0x40, 1, 0x61, 1, 0x62] + block) + Talk.data(stream, "{}")
        case 6: return Talk.headers(stream, block) + Talk.data(stream, "{", endsStream: false)
        case 7: return Talk.setting(4, UInt32.random(in: 0...100_000, using: &chance))
        default: return Talk.request(stream)
        }
    }
}

/// The same chances in each run (Vigna's SplitMix64).
private struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
