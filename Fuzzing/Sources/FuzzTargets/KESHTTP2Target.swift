@testable import KESServer

/// The readers of HTTP/2 that stand in front of the library: heads of frames, blocks of header fields, their meaning.
enum KESHTTP2Target {
    static let target = FuzzTarget(name: "kes-http2", bytesMax: 1_024, run: run) {
        [
            ("indexed", [0x82, 0x87, 0xBE, 0xFF, 0x01]),
            ("literals", [0x00, 5] + Array(":path".utf8) + [2, 0x2F, 0x61, 0x10, 1, 0x62, 0x7F, 0x00]),
            ("entry", [0x44, 1, 0x2F, 0x20, 0x3F, 0xE1, 0x1F]),
            ("fields", Array(":method:POST\n:scheme:https\n:path:/a\ncontent-length:2\nx:y".utf8)),
            ("padded", [0, 0, 4, 1, 0x2D, 0, 0, 0, 1, 1, 0, 0, 0]),
            ("frames", [0, 0, 1, 0, 1, 0, 0, 0, 1, 0x61, 0, 0, 0, 4, 1, 0, 0, 0, 0]),
        ]
    }

    static func run(_ input: [UInt8]) {
        frames(input)
        block(input)
        fields(input)
        allowance(input)
    }

    /// Frames are the same ones in whatever pieces they pass.
    private static func frames(_ input: [UInt8]) {
        var whole: [FrameHead] = []
        var follower = FrameFollower()
        input.withUnsafeBytes { follower.follow($0) { whole.append($0) } }
        let size = Int(input.first ?? 0) % 13 + 1
        var pieces: [FrameHead] = []
        follower = FrameFollower()
        for start in stride(from: 0, to: input.count, by: size) {
            let piece = Array(input[start..<min(start + size, input.count)])
            piece.withUnsafeBytes { follower.follow($0) { pieces.append($0) } }
        }
        promise(whole == pieces, "frames are others when they come in parts")
        promise(
            whole.dropLast().reduce(0) { $0 + 9 + $1.payloadBytes } <= input.count,
            "a frame from nowhere"
        )
        guard let head = whole.first else { return }
        let payload = Array(input.dropFirst(FrameHead.bytesCount))
        guard let range = payload.withUnsafeBytes({ head.block(in: $0) }) else { return }
        promise(range.lowerBound >= 0 && range.upperBound <= payload.count, "a block beyond its frame")
    }

    /// A block that leaves the table as it is leaves it so in every part, and with an entry it does not.
    private static func block(_ input: [UInt8]) {
        guard leavesTable(input) else { return }
        promise(leavesTable(input + input), "twice is another thing than once")
        promise(!leavesTable(input + [0x41, 0]) && !leavesTable(input + [0x20]), "an entry is passed over")
        promise(input.first.map { $0 & 0x80 != 0 || $0 & 0xE0 == 0 } ?? true, "an entry is taken for none")
    }

    private static func leavesTable(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { HeaderBlockText.leavesTable($0) }
    }

    /// What is taken can be meant in one way only.
    private static func fields(_ input: [UInt8]) {
        let fields = input.split(separator: 0x0A).map { line in
            let end = line.dropFirst().firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            return (Array(line[..<end]).repairedText, Array(line[end...].dropFirst()).repairedText)
        }
        guard let plain = PlainFields(fields) else { return }
        func values(_ name: String) -> [String] { fields.filter { $0.0 == name }.map(\.1) }
        let (method, path) = (values(":method"), values(":path"))
        promise(method.count == 1 && path.count == 1 && values(":scheme") == ["https"], "not one of each")
        promise(plain.line == Array("\(method[0]) \(path[0])".utf8), "the request is read otherwise")
        promise(plain.line.count(where: { $0 == 0x20 }) == 1, "a method or path of several words")
        let lengths = values("content-length")
        promise(lengths.count < 2 && lengths.first.flatMap { Int($0) } == plain.bodyBytes, "another length")
        for (name, value) in fields {
            promise(name == name.lowercased() && !name.contains(" "), "a name that is none")
            promise(!value.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "a value that ends its line")
            promise(!["te", "connection", "transfer-encoding", "expect"].contains(name), "more is asked for")
        }
    }

    /// Nothing that a client allows is lost or used twice, and the library always has some of it.
    private static func allowance(_ input: [UInt8]) {
        var allowance = SendAllowance()
        var total = SendAllowance.atFirst
        for (index, byte) in input.prefix(200).enumerated() {
            let count = Int(byte) << (index % 7)
            switch index % 3 {
            case 0:
                total += count
                _ = allowance.granted(count)
            case 1:
                let sent = min(count, allowance.lane)
                total -= sent
                allowance.laneSent(sent)
            default:
                let sent = min(count, allowance.library)
                total -= sent
                _ = allowance.librarySent(sent)
            }
            promise(allowance.lane + allowance.library == total, "an allowance is not the sum of its parts")
            promise(allowance.library > 0 || allowance.lane == 0, "the library is left without")
        }
    }
}
