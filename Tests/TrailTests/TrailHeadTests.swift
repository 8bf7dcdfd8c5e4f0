import Testing

@testable import Trail

@Suite("TrailHead")
struct TrailHeadTests {
    let scratch = Scratch()

    private func head() throws -> TrailHead {
        let writer = try scratch.writer(lanes: 3)
        try writer.append([event(1), event(2)], lane: 1)
        return try writer.currentHead()
    }

    @Test func `reads the text it writes`() throws {
        let head = try head()
        let read = try TrailHead(head.description)
        #expect(read == head)
        #expect(read.isSigned(by: try TrailSigner.fixed().publicKey))
        #expect(!read.isSigned(by: try TrailSigner.fixed(9).publicKey))
        #expect(read.lanes.map(\.record) == [0, 2, 0])
    }

    @Test func `stands for nothing once a character of its text is changed`() throws {
        let bytes = Array(try head().description.utf8)
        let key = try TrailSigner.fixed().publicKey
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            guard let read = try? TrailHead(text(changed)) else {
                // It is no head any more, which is as good.
                continue
            }
            #expect(!read.isSigned(by: key), "byte \(index)")
        }
    }

    @Test func `refuses every cut of its text`() throws {
        let bytes = Array(try head().description.utf8)
        for length in 0..<bytes.count {
            #expect(throws: TrailError.invalidHead) { try TrailHead(text(Array(bytes.prefix(length)))) }
        }
        #expect(throws: TrailError.invalidHead) { try TrailHead(text(bytes) + "\n") }
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func `refuses garbage`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let garbage = text(generator.bytes(400))
        #expect(throws: TrailError.invalidHead, "seed \(seed)") { try TrailHead(garbage) }
        #expect(throws: TrailError.invalidHead, "seed \(seed)") {
            try TrailHead("strongroom trail head 1\ntrail " + garbage)
        }
    }
}
