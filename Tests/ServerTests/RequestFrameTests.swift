import AWSProtocol
import Doors
import Testing

@testable import Server

@Suite("The head of a request")
struct RequestFrameTests {
    private let plain =
        "POST /?a=b HTTP/1.1\r\nHost: kms.example\r\nX-Amz-Target: TrentService.Encrypt\r\n"
        + "Content-Length: 12\r\nUser-Agent:  tests/1 \t\r\nX-Empty:\r\n\r\n"

    @Test func `is read where it is written plainly`() throws {
        let frame = try #require(Self.frame(plain + "{\"KeyId\":1}\n"))
        #expect(frame.method == "POST")
        #expect(frame.path == "/")
        #expect(frame.query == "a=b")
        #expect(frame.headBytes == plain.utf8.count)
        #expect(frame.bodyBytes == 12)
        #expect(frame.namesTarget)
        #expect(frame.headers.count == 5)
        #expect(frame.headers["user-agent"] == "tests/1")
        #expect(frame.headers["x-empty"]?.isEmpty == true)
    }

    @Test func `is waited for, whatever piece of it has come`() {
        let bytes = Array(plain.utf8)
        for count in 0..<bytes.count {
            for searched in [0, count / 2, max(0, count - 1), count] {
                let outcome = Self.parse(Array(bytes[..<count]), searched: searched)
                guard case .incomplete = outcome else {
                    Issue.record("\(count) bytes, \(searched) of them searched, gave \(outcome)")
                    return
                }
            }
            guard case .frame = Self.parse(bytes, searched: count) else {
                Issue.record("the end was not found after \(count) bytes")
                return
            }
        }
    }

    @Test func `ends where the next request begins, in one part or in several`() throws {
        let head = Array(plain.utf8)
        for searched in [0, 1, head.count - 1] {
            guard case .frame(let frame) = Self.parse(head + head, searched: searched) else {
                Issue.record("no frame with \(searched) bytes searched")
                return
            }
            #expect(frame.headBytes == head.count)
            #expect(frame.headers.count == 5)
            #expect(frame.headers["user-agent"] == "tests/1")
        }
    }

    @Test(arguments: [
        "POST / HTTP/1.0\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST * HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "post / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1 \r\nHost: a\r\n\r\n",
        "POST /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, upgrade\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n folded\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-A: b\u{0}\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: a.B\r\nX-Amz-Target: a.C\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nX-A: \u{e9}\r\n\r\n",
    ])
    func `is left to the library where it could be read in two ways`(_ head: String) {
        guard case .foreign = Self.parse(Array(head.utf8)) else {
            Issue.record("taken: \(head)")
            return
        }
    }

    @Test func `is left to the library beyond the door's limits`() {
        var limits = DoorLimits()
        limits.headersMax = 4
        guard case .foreign = Self.parse(Array(plain.utf8), limits: limits) else {
            Issue.record("five headers were taken where four are allowed")
            return
        }
        limits = DoorLimits()
        limits.headerBytesMax = plain.utf8.count - 1
        guard case .foreign = Self.parse(Array(plain.utf8), limits: limits) else {
            Issue.record("a head longer than the limit was taken")
            return
        }
        guard
            case .foreign = Self.parse(
                Array(repeating: 0x41, count: limits.headerBytesMax + 1),
                limits: limits
            )
        else {
            Issue.record("a head without an end was waited for")
            return
        }
    }

    @Test func `survives garbage, and never claims more than there is`() {
        var random = SplitMix(seed: 20_261_121)
        let bytes = Array(plain.utf8)
        for round in 0..<20_000 {
            var garbage = bytes
            for _ in 0..<(1 + Int(random.next() % 4)) {
                let place = Int(random.next() % UInt64(garbage.count))
                switch random.next() % 3 {
                case 0: garbage[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: garbage.remove(at: place)
                default: garbage.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                }
            }
            guard case .frame(let frame) = Self.parse(garbage) else { continue }
            #expect(frame.headBytes <= garbage.count, "round \(round)")
            #expect(frame.bodyBytes >= 0 && frame.bodyBytes < 1_000_000_000, "round \(round)")
            #expect(garbage[(frame.headBytes - 4)..<frame.headBytes].elementsEqual("\r\n\r\n".utf8))
        }
    }

    private static func frame(_ text: String) -> RequestFrame? {
        guard case .frame(let frame) = parse(Array(text.utf8)) else { return nil }
        return frame
    }

    private static func parse(
        _ bytes: [UInt8],
        searched: Int = 0,
        limits: DoorLimits = DoorLimits()
    ) -> RequestFrame.Outcome {
        bytes.withUnsafeBytes { RequestFrame.parse($0, searched: searched, limits: limits) }
    }
}

/// A generator whose numbers follow from its seed.
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
