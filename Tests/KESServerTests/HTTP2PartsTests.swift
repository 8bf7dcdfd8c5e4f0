import NIOCore
import NIOHPACK
import Testing

@testable import KESServer

@Suite("What the lane of HTTP/2 is made of")
struct HTTP2PartsTests {
    private static let plain = [
        (":method", "POST"), (":scheme", "https"), (":authority", "kes"), (":path", "/v1/key/generate/a"),
    ]

    @Test func `header blocks mean what a decoder without memory says, and are read without a table`() throws
    {
        let allocator = ByteBufferAllocator()
        // What one client says: the first time with new entries of its table, then with indexes alone.
        for usesHuffman in [true, false] {
            var encoder = HPACKEncoder(allocator: allocator, useHuffmanEncoding: usesHuffman)
            var decoder = HPACKDecoder(allocator: allocator)
            var blocks = HeaderBlocks(listBytesMax: 16_384)
            var generator = SystemRandomNumberGenerator()
            for _ in 0..<500 {
                let size = Int.random(in: 1...3, using: &generator)
                let agent = String(repeating: "a", count: Int.random(in: 1...300, using: &generator))
                var fields = Self.plain + [("content-length", String(size))]
                // Seldom, so that most blocks leave the table as it is.
                if Int.random(in: 0..<10, using: &generator) == 0 { fields.append(("user-agent", agent)) }
                var bytes = ByteBuffer()
                try encoder.encode(headers: HPACKHeaders(fields), to: &bytes)
                let read = blocks.read(bytes)
                let block = try #require(read)
                let decoded = try decoder.decodeHeaders(from: &bytes)
                #expect(Self.texts(block.fields) == Self.texts(decoded))
                #expect(block.plain?.bodyBytes == size)
                var reader = HPACKDecoder(allocator: allocator, maxDynamicTableSize: 0)
                var literals = block.literals
                let again = try reader.decodeHeaders(from: &literals)
                #expect(Self.texts(again) == Self.texts(decoded))
            }
        }
    }

    private static func texts(_ fields: HPACKHeaders) -> [String] { fields.map { "\($0.name): \($0.value)" } }

    @Test func `a block that is said again means something else after another entry`() throws {
        var blocks = HeaderBlocks(listBytesMax: 16_384)
        let entry = ByteBuffer(bytes: [0x44, 2] + Array("/a".utf8) + [0x83, 0x87])
        let again = ByteBuffer(bytes: [0xBE, 0x83, 0x87])
        let other = ByteBuffer(bytes: [0x44, 2] + Array("/b".utf8) + [0x83, 0x87])
        let empty = ByteBuffer(bytes: [0x20])
        let read = [entry, again, again, other, again, empty, again].map { blocks.read($0) }
        let lines = read.map { ($0?.plain?.line).map { String(decoding: $0, as: UTF8.self) } }
        #expect(lines == ["POST /a", "POST /a", "POST /a", "POST /b", "POST /b", nil, nil])
        #expect(read[1] === read[2] && read[5] != nil && read[6] == nil)
    }

    @Test(arguments: [
        [0x82, 0x00, 1, 0x61, 0], [0x10, 1, 0x61, 1, 0x62], [0xFF, 0x80, 0x01], [0x0F, 0x10, 0], [],
    ])
    func `blocks without entries leave the table as it is`(_ bytes: [UInt8]) {
        #expect(bytes.withUnsafeBytes { HeaderBlockText.leavesTable($0) })
    }

    @Test(arguments: [
        [0x40, 1, 0x61, 0], [0x82, 0x41, 0], [0x20], [0x3F, 0xE1, 0x1F], [0x00, 1], [0x00, 1, 0x61], [0x0F],
        [0x00, 2, 0x61, 0x61, 5, 0x61], [0xFF, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01], [0x00],
    ])
    func `blocks with entries, and pieces of blocks, do not`(_ bytes: [UInt8]) {
        #expect(!bytes.withUnsafeBytes { HeaderBlockText.leavesTable($0) })
    }

    @Test func `plain fields are a path, a method and nothing that asks for more`() {
        let fields = PlainFields(
            Self.plain + [("content-length", "12"), ("user-agent", "a b"), ("empty", "")]
        )
        #expect(fields?.line == Array("POST /v1/key/generate/a".utf8) && fields?.bodyBytes == 12)
        #expect(PlainFields(Self.plain)?.bodyBytes == nil)
        for missing in [0, 1, 3] {
            var fields = Self.plain
            fields.remove(at: missing)
            #expect(PlainFields(fields) == nil)
        }
        let more = [
            ("te", "trailers"), ("connection", "close"), ("transfer-encoding", "chunked"),
            ("expect", "100-continue"),
            ("upgrade", "h2c"), ("Upper", "1"), ("sp ace", "1"), ("", "1"), ("name", "a\r\nb: c"),
            ("name", " a"),
            ("name", "a "), ("name", "\u{0}"), ("name", "é"), ("é", "1"), ("content-length", "-1"),
            ("content-length", ""), ("content-length", "1234567890"), ("content-length", "1,1"),
            (":path", "/"), (":method", "POST"), (":status", "200"), (":protocol", "websocket"),
        ]
        for field in more { #expect(PlainFields(Self.plain + [field]) == nil, "\(field)") }
        for (name, value) in [
            (":path", "/a b"), (":path", "*"), (":path", ""), (":method", "post"), (":method", ""),
            (":scheme", "http"), (":authority", ""),
        ] {
            #expect(
                PlainFields(Self.plain.map { $0.0 == name ? (name, value) : $0 }) == nil,
                "\(name) \(value)"
            )
        }
        let twice = Self.plain + [("content-length", "1"), ("content-length", "1")]
        #expect(PlainFields(twice) == nil)
        #expect(PlainFields([("a", "b")] + Self.plain) == nil)
    }

    @Test func `frames are found whatever pieces they come in`() {
        typealias Talk = HTTP2Conversation
        let parts = [
            Talk.setting(1, 0), Talk.request(1), Talk.headers(3, []), Talk.data(3, "abc"),
            Talk.frame(FrameHead.Kind.headers, 0, 5, [0x82]),
            Talk.frame(FrameHead.Kind.continuation, 4, 5, [0x84]),
        ]
        let all = Talk.greeting + parts.flatMap { $0 }
        var expected: [FrameReader.Found]?
        for size in [all.count, 1, 2, 3, 7, 8, 9, 10, 11] {
            var (reader, follower) = (FrameReader(), FrameFollower())
            var (found, heads): ([FrameReader.Found], [FrameHead]) = ([], [])
            for start in stride(from: 0, to: all.count, by: size) {
                let piece = all[start..<min(start + size, all.count)]
                reader.append(ByteBuffer(bytes: piece))
                while let next = reader.next() { found.append(next) }
                let frames = Array(piece.dropFirst(max(0, Talk.greeting.count - start)))
                frames.withUnsafeBytes { follower.follow($0) { heads.append($0) } }
            }
            #expect(found.count == 7 && heads.count == 7)
            #expect(heads.map(\.stream) == [0, 1, 1, 3, 3, 5, 5])
            if let expected { #expect(found == expected) } else { expected = found }
        }
    }

    @Test
    func `no byte of what the client allows is counted twice or lost, and the library is never left without`()
    {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var allowance = SendAllowance()
            var (total, told) = (SendAllowance.atFirst, SendAllowance.atFirst)
            for _ in 0..<300 {
                switch Int.random(in: 0..<3, using: &generator) {
                case 0:
                    let count = Int.random(in: 1...50_000, using: &generator)
                    total += count
                    told += allowance.granted(count)
                case 1:
                    let count = Int.random(in: 0...min(16_384, allowance.lane), using: &generator)
                    total -= count
                    allowance.laneSent(count)
                default:
                    let count = Int.random(in: 0...min(16_384, allowance.library), using: &generator)
                    total -= count
                    told -= count
                    told += allowance.librarySent(count)
                }
                #expect(allowance.lane + allowance.library == total && allowance.library == told)
                #expect(allowance.lane >= 0 && (allowance.library > 0 || allowance.lane == 0))
            }
        }
    }

    @Test func `a client that allows more than there is is told of to the library`() {
        var allowance = SendAllowance()
        let (most, more) = (
            allowance.granted(SendAllowance.max - SendAllowance.atFirst), allowance.granted(1)
        )
        #expect(most == 0 && more + SendAllowance.atFirst > SendAllowance.max)
    }
}
