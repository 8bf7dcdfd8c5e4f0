import KES
import NIOCore
import Testing

@testable import KESServer

@Suite("The lane of HTTP/2")
struct HTTP2LaneTests {
    private typealias Talk = HTTP2Conversation

    @Test func `answers what uses a key in memory, and gives back what it took of the window`() async throws {
        let scene = try await HTTP2Scene()
        let talk = try await scene.connect()
        let settings = try await talk.greet().of(FrameHead.Kind.settings)
        #expect(settings.map(\.head.flags) == [0, FrameHead.Flag.acknowledgement])
        let body = #"{"context":""# + String(repeating: "A", count: 1000) + "\"}"
        var returned = 0
        for number in 0..<100 {
            let stream = UInt32(2 * number + 1)
            let block = Talk.block(Talk.generate, "POST", ("content-length", String(body.utf8.count)))
            let seen = try await talk.say(Talk.headers(stream, block) + Talk.data(stream, body))
            #expect(seen.answered == [stream])
            let data = try #require(seen.of(FrameHead.Kind.data).first)
            #expect(String(decoding: data.payload, as: UTF8.self).hasPrefix(#"{"plaintext":""#))
            let head = try #require(seen.of(FrameHead.Kind.headers).first)
            #expect(head.payload.suffix(3) == Array(String(data.payload.count).utf8)[...])
            returned += seen.of(FrameHead.Kind.windowUpdate).reduce(0) { $0 + $1.number() }
        }
        #expect(returned > 100 * body.utf8.count - 8192 && returned <= 100 * body.utf8.count)
        // None of them was the library's, which would know the last one.
        #expect(
            try await talk.say(Talk.data(201, "x", endsStream: false)).of(FrameHead.Kind.goAway).count == 1
        )
    }

    @Test func `answers what comes byte by byte, in several frames, with padding and with a priority`()
        async throws
    {
        let scene = try await HTTP2Scene()
        let talk = try await scene.connect()
        _ = try await talk.greet()
        var seen: [SeenFrame] = []
        for byte in Talk.request(1) { seen += try await talk.say([byte]) }
        #expect(seen.answered == [1])
        let block = Talk.block(Talk.generate)
        let flags = FrameHead.Flag.padded | FrameHead.Flag.priority
        let parts =
            Talk.frame(
                FrameHead.Kind.headers,
                flags,
                3,
                [4, 0, 0, 0, 1, 16] + block.prefix(9) + [0, 0, 0, 0]
            )
            + Talk.frame(FrameHead.Kind.continuation, 0, 3, Array(block.dropFirst(9).prefix(20)))
            + Talk.frame(
                FrameHead.Kind.continuation,
                FrameHead.Flag.endHeaders,
                3,
                Array(block.dropFirst(29))
            )
        #expect(try await talk.say(parts).isEmpty)
        #expect(try await talk.say(Talk.data(3, "{", endsStream: false)).isEmpty)
        // Between the parts of a body others may come, and more leave to send.
        let other = try await talk.say(Talk.request(5) + Talk.windowUpdate(3, 10) + Talk.windowUpdate(1, 10))
        #expect(other.answered == [5])
        #expect(try await talk.say(Talk.data(3, "}")).answered == [3])
    }

    @Test func `leaves answers to the library where a client allows little on its connection`() async throws {
        let talk = try await HTTP2Scene().connect()
        // Nothing was granted beyond what the library counts on.
        let first = try await talk.say(Talk.greeting + Talk.settings() + Talk.request(1))
        #expect(first.answered.isEmpty)
        let second = try await talk.say(Talk.windowUpdate(0, 1000) + Talk.request(3))
        #expect(second.answered == [3])
    }

    @Test(arguments: [(UInt32(20), false), (9000, true)])
    func `leaves answers to the library where a client allows little on a stream`(
        _ allowed: UInt32,
        _ isPlenty: Bool
    ) async throws {
        let talk = try await HTTP2Scene().connect()
        _ = try await talk.greet()
        let setting = Talk.setting(ClientSettings.Name.streamAllowance, allowed)
        let seen = try await talk.say(setting + Talk.request(1))
        #expect(seen.answered == (isPlenty ? [1] : []))
        let data = seen.of(FrameHead.Kind.data).first
        #expect(isPlenty || data?.payload.count == 20 && data?.head.endsStream == false)
    }

    @Test func `leaves the word of another table size to the library`() async throws {
        let scene = try await HTTP2Scene()
        let talk = try await scene.connect()
        _ = try await talk.greet()
        let same = Talk.setting(ClientSettings.Name.tableBytesMax, 4096)
        let first = try await talk.say(same + Talk.request(1))
        #expect(first.answered == [1])
        // In one turn: what came before the settings is answered before them.
        let version = Talk.headers(5, Talk.block("/version", "GET"), endsStream: true)
        let smaller = Talk.setting(ClientSettings.Name.tableBytesMax, 0)
        let seen = try await talk.say(Talk.request(3) + smaller + version + Talk.request(7))
        let kinds = [FrameHead.Kind.headers, FrameHead.Kind.data]
        #expect(Array(seen.map(\.head.kind).prefix(3)) == kinds + [FrameHead.Kind.settings])
        #expect(seen.answered.first == 3)
        // A table of no bytes (RFC 7541 section 6.3) is the first word of the next head.
        #expect(seen.of(FrameHead.Kind.headers).dropFirst().first?.payload.first == 0x20)
        #expect(try await talk.say(Talk.request(9)).answered == [9])
    }

    @Test func `gives up bodies that do not come in time`() async throws {
        let scene = try await HTTP2Scene()
        let talk = try await scene.connect()
        _ = try await talk.greet()
        _ = try await talk.say(
            Talk.headers(1, Talk.block(Talk.generate)) + Talk.data(1, "{", endsStream: false)
        )
        #expect(try await talk.wait(14).isEmpty)
        let resets = try await talk.wait(2)
        #expect(resets.map(\.head.kind) == [FrameHead.Kind.resetStream] && resets.first?.number() == 8)
        // What was on its way is let go, and given back.
        var returned = 0
        for _ in 0..<20 {
            let seen = try await talk.say(
                Talk.data(1, String(repeating: "A", count: 1000), endsStream: false)
            )
            #expect(seen.allSatisfy { $0.head.kind == FrameHead.Kind.windowUpdate })
            returned += seen.reduce(0) { $0 + $1.number() }
        }
        #expect(returned > 20_001 - 8192 && returned <= 20_001)
        #expect(
            try await talk.say(Talk.headers(1, Talk.block("/"), endsStream: true) + Talk.request(3)).answered
                == [3]
        )
    }

    @Test func `takes leave of a client that has been silent for 90 seconds`() async throws {
        let scene = try await HTTP2Scene()
        let talk = try await scene.connect()
        _ = try await talk.greet()
        #expect(try await talk.wait(60).isEmpty)
        #expect(try await talk.say(Talk.request(1)).answered == [1])
        #expect(try await talk.wait(89).isEmpty)
        let seen = try await talk.wait(2)
        let farewell = try #require(seen.of(FrameHead.Kind.goAway).first)
        #expect(farewell.number() == Int(Int32.max) && farewell.number(at: 4) == 0)
        let ping = try #require(seen.of(6).first)
        // What was on its way is answered still.
        #expect(try await talk.say(Talk.request(3)).answered == [3])
        let heard = Talk.frame(6, FrameHead.Flag.acknowledgement, 0, ping.payload)
        let last = try await talk.say(Talk.request(5) + heard)
        #expect(last.answered == [5] && last.last?.head.kind == FrameHead.Kind.goAway)
        #expect(last.of(FrameHead.Kind.goAway).first?.number() == 0)
        #expect(await !talk.isOpen)
    }

    @Test
    func `lets no request out of a connection in which it is not whole, and answers it before a farewell`()
        async throws
    {
        let scene = try await HTTP2Scene()
        let talk = try await scene.connect()
        _ = try await talk.greet()
        _ = try await talk.say(Talk.headers(1, Talk.block("/version", "GET")))
        let seen = try await talk.stop(after: Talk.request(3))
        #expect(seen.answered == [3] && seen.of(FrameHead.Kind.goAway).count == 1)
        #expect(seen.firstIndex { $0.head.kind == FrameHead.Kind.goAway } ?? 0 > 1)
        #expect(try await talk.say(Talk.data(1, "")).of(FrameHead.Kind.headers).map(\.head.stream) == [1])
    }
}
