import Foundation
import Testing

@testable import Trail

@Suite("The form of segments")
struct SegmentFormatTests {
    @Test(
        arguments: [
            (0, 1, "0-0000000001.log"), (31, 9_999_999_999, "31-9999999999.log"),
            (4_095, 10_000_000_000, "4095-10000000000.log"),
        ] as [(Int, UInt64, String)]
    )
    func `names files by lane and sequence`(lane: Int, sequence: UInt64, name: String) {
        let segment = SegmentName(lane: lane, sequence: sequence)
        #expect(segment.description == name)
        #expect(SegmentName(name) == segment)
    }

    @Test(arguments: [
        "", ".log", "0-1.log", "0-0000000000.log", "00-0000000001.log", "-1-0000000001.log",
        "0-00000000001.log",
        "0-0000000001.LOG", "0-0000000001", "+0-0000000001.log", "0-+000000001.log", "4096-0000000001.log",
        "0-0000000001.log.log", "0_0000000001.log", "0-99999999999999999999.log",
        "0-18446744073709551615.log", "٠-0000000001.log",
    ])
    func `refuses other names`(name: String) {
        #expect(SegmentName(name) == nil)
    }

    @Test func `reads a line, a header and a digest as they are written and no cut or change of them`() throws
    {
        let scratch = Scratch()
        let writer = try scratch.writer()
        try writer.append([event(1)], lane: 0)
        try writer.close()
        let lines = try scratch.lines("0-0000000001.log")
        let texts = try lines.map { line in
            let record = try #require(line.withUnsafeBytes { TrailLine($0) })
            return text(Array(line[record.textStart...]))
        }
        let header = try #require(SegmentHeader(texts[0]))
        #expect(header.text == texts[0])
        let (digest, signature) = try #require(SegmentDigest.read(texts[2]))
        #expect(digest.text(signedWith: signature) == texts[2])
        for length in 0..<texts[0].count { #expect(SegmentHeader(String(texts[0].prefix(length))) == nil) }
        for length in 0..<texts[2].count {
            #expect(SegmentDigest.read(String(texts[2].prefix(length))) == nil)
        }
        #expect(SegmentHeader(texts[0] + " ") == nil)
        #expect(SegmentDigest.read(texts[2] + " ") == nil)
        #expect(SegmentHeader(texts[2]) == nil)
        #expect(SegmentDigest.read(texts[0]) == nil)
        for length in 0...69 {
            #expect(
                lines[1].withUnsafeBytes { TrailLine(UnsafeRawBufferPointer(rebasing: $0.prefix(length))) }
                    == nil
            )
        }
    }

    @Test(arguments: [
        "E 01 ", "E  ", "E -1 ", "E +1 ", "E 18446744073709551616 ", "X 1 ", "e 1 ", "E1 ", " E 1 ",
    ])
    func `refuses a number or a kind in another spelling`(start: String) {
        let line = Array((start + String(repeating: "a", count: 64) + " {}").utf8)
        #expect(line.withUnsafeBytes { TrailLine($0) } == nil)
    }

    @Test(arguments: 0..<100 as Range<UInt64>) func `reads garbage as nothing`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let garbage = generator.bytes(Int.random(in: 0...300, using: &generator))
        #expect(garbage.withUnsafeBytes { TrailLine($0) } == nil, "seed \(seed)")
        #expect(SegmentHeader(text(garbage)) == nil, "seed \(seed)")
        #expect(SegmentDigest.read(text(garbage)) == nil, "seed \(seed)")
        #expect(SegmentName(text(garbage)) == nil, "seed \(seed)")
        #expect(ChainHash(text(garbage)) == nil, "seed \(seed)")
        #expect(TrailID(text(garbage)) == nil, "seed \(seed)")
    }

    @Test(arguments: [UInt64.min, 9, 10, 99, 100, 12_345_678_901, .max])
    func `writes numbers as Swift does`(value: UInt64) {
        var bytes: [UInt8] = []
        DecimalDigits.append(value, to: &bytes)
        #expect(text(bytes) == String(value))
    }
}
