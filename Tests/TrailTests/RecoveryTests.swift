import Testing

@testable import Trail

@Suite("A start after a writer was killed")
struct RecoveryTests {
    let scratch = Scratch()

    /// A directory as `kill -9` leaves it: written, not sealed.
    private func killed(lanes: Int = 1, events: Int = 3) throws {
        let writer = try scratch.writer(lanes: lanes)
        for number in 1...events { try writer.append([event(number)], lane: 0) }
    }

    @Test func `seals what was left open and says so in the digest`() throws {
        try killed(lanes: 2)
        let writer = try scratch.writer(lanes: 2)
        #expect(writer.recoveries.map(\.file) == ["0-0000000001.log", "1-0000000001.log"])
        try writer.append([event(4)], lane: 0)
        try writer.close()
        let report = try scratch.verify()
        #expect(report.events == 4)
        #expect(report.lanes[0].recovered == ["0-0000000001.log"])
        #expect(report.lanes[0].segments == 2)
    }

    /// The digest's own number is not signed, and its hash anyone can compute.
    @Test func `refuses a digest with the last number there is`() throws {
        let first = try scratch.writer()
        try first.append([event(1)], lane: 0)
        try first.close()
        do { try scratch.writer().append([event(2)], lane: 0) }
        let file = "0-0000000001.log"
        let lines = try scratch.lines(file)
        let digest = try #require(lines.last)
        let last = try #require(lines.dropLast().last)
        let before = try #require(last.withUnsafeBytes { TrailLine($0) })
        let line = try #require(digest.withUnsafeBytes { TrailLine($0) })
        var forged: [UInt8] = []
        _ = LineEncoder.append(
            text(Array(digest[line.textStart...])),
            kind: .digest,
            number: .max,
            after: before.hash,
            to: &forged
        )
        try scratch.write(lines: lines.dropLast() + [forged.dropLast()], to: file)
        #expect(throws: TrailError.self) { try scratch.writer() }
        #expect(try scratch.damage()?.kind == .malformedLine)
    }

    @Test func `drops a torn record at every length of it and keeps all before`() throws {
        try killed(events: 2)
        let file = "0-0000000001.log"
        let whole = try scratch.bytes(file)
        let last = try scratch.lines(file)[2]
        for kept in 0...last.count {
            let copy = try scratch.copy()
            try copy.write(Array(whole.dropLast(last.count + 1 - kept)), to: file)
            #expect(try copy.verify().events == 1, "kept \(kept)")
            let writer = try copy.writer()
            #expect(writer.recoveries == [TrailRecovery(file: file, tornBytes: kept, isSealed: true)])
            try writer.append([event(3)], lane: 0)
            try writer.close()
            #expect(try copy.verify().events == 2, "kept \(kept)")
        }
    }

    @Test func `drops a torn header with its file at every length of it`() throws {
        let first = try scratch.writer()
        try first.append([event(1)], lane: 0)
        try first.close()
        do { try scratch.writer().append([event(2)], lane: 0) }
        let file = "0-0000000002.log"
        let header = try scratch.lines(file)[0]
        for kept in 0...header.count {
            let copy = try scratch.copy()
            try copy.write(Array(header.prefix(kept)), to: file)
            #expect(try copy.verify().events == 1, "kept \(kept)")
            let writer = try copy.writer()
            #expect(writer.recoveries == [TrailRecovery(file: file, tornBytes: kept, isSealed: false)])
            #expect(try copy.segments == ["0-0000000001.log"])
            try writer.append([event(2)], lane: 0)
            try writer.close()
            #expect(try copy.verify().events == 2)
        }
    }

    @Test func `makes the first segment anew when its header was torn`() throws {
        do { _ = try scratch.writer(lanes: 2) }
        let header = try scratch.lines("1-0000000001.log")[0]
        try scratch.write(Array(header.prefix(50)), to: "1-0000000001.log")
        #expect(try scratch.verify().lanes.map(\.lane) == [0])
        let writer = try scratch.writer(lanes: 2)
        try writer.append([event(1)], lane: 1)
        try writer.close()
        #expect(try scratch.verify().events == 1)
    }

    @Test func `drops a torn digest and seals again`() throws {
        let writer = try scratch.writer()
        try writer.append([event(1)], lane: 0)
        try writer.close()
        let file = "0-0000000001.log"
        let whole = try scratch.bytes(file)
        let digest = try scratch.lines(file)[2]
        for kept in stride(from: 0, through: digest.count, by: 9) {
            let copy = try scratch.copy()
            try copy.write(Array(whole.dropLast(digest.count + 1 - kept)), to: file)
            try copy.writer().close()
            let report = try copy.verify()
            #expect(report.events == 1)
            #expect(report.lanes[0].recovered == [file])
        }
    }

    @Test func `drops the zeros that a loss of power leaves behind`() throws {
        try killed()
        let file = "0-0000000001.log"
        try scratch.write(try scratch.bytes(file) + [UInt8](repeating: 0, count: 4_096), to: file)
        let writer = try scratch.writer()
        #expect(writer.recoveries == [TrailRecovery(file: file, tornBytes: 4_096, isSealed: true)])
        try writer.close()
        #expect(try scratch.verify().events == 3)
    }

    @Test func `refuses to start on a changed byte anywhere in an open segment and changes nothing`() throws {
        try killed(events: 2)
        let file = "0-0000000001.log"
        let whole = try scratch.bytes(file)
        for index in whole.indices {
            var changed = whole
            changed[index] ^= 1
            try scratch.write(changed, to: file)
            do {
                _ = try scratch.writer()
                Issue.record("started over a change at byte \(index)")
            } catch TrailError.tampered(let damage) {
                #expect(damage.file == file)
                #expect(damage.line > 0)
            }
            #expect(try scratch.bytes(file) == changed, "byte \(index)")
        }
    }

    @Test func `refuses to start when the digest before the open segment is gone or false`() throws {
        let first = try scratch.writer()
        try first.append([event(1)], lane: 0)
        try first.close()
        do { try scratch.writer().append([event(2)], lane: 0) }
        let file = "0-0000000001.log"
        let lines = try scratch.lines(file)
        func damage(after change: (Scratch) throws -> Void) throws -> TrailDamage.Kind? {
            let copy = try scratch.copy()
            try change(copy)
            do {
                _ = try copy.writer()
                return nil
            } catch TrailError.tampered(let damage) {
                return damage.kind
            }
        }
        #expect(try damage { _ in } == nil)
        #expect(try damage { try $0.remove(file) } == .missingSegment)
        #expect(try damage { try $0.write(lines: lines.dropLast(), to: file) } == .unsealed)
        #expect(try damage { try $0.write([], to: file) } == .unsealed)
        let forged = Scratch()
        let other = try forged.writer(signer: .fixed(9))
        try other.append([event(1)], lane: 0)
        try other.close()
        let digest = try forged.lines(file)[2]
        #expect(try damage { try $0.write(lines: lines.dropLast() + [digest], to: file) } == .badSignature)
    }

    @Test func `refuses a file that is no segment and lanes of two trails`() throws {
        try killed()
        let stray = try scratch.copy()
        try stray.write([], to: "00-0000000001.log")
        #expect(throws: TrailError.tampered(TrailDamage(file: "00-0000000001.log", kind: .unknownFile))) {
            try stray.writer()
        }
        let other = Scratch()
        do { try other.writer(lanes: 2).append([event(1)], lane: 1) }
        try scratch.write(try other.bytes("1-0000000001.log"), to: "1-0000000001.log")
        #expect(throws: TrailError.tampered(TrailDamage(file: "1-0000000001.log", kind: .otherTrail))) {
            try scratch.writer()
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `never crashes on garbage and never takes it for a trail`(seed: UInt64) throws {
        try killed()
        var generator = SeededGenerator(seed: seed)
        let file = "0-0000000001.log"
        var bytes = try scratch.bytes(file)
        switch seed % 4 {
        case 0: bytes = generator.bytes(Int.random(in: 1...5_000, using: &generator)) + [0x0A]
        case 1: bytes.insert(contentsOf: generator.bytes(20) + [0x0A], at: bytes.count / 2)
        case 2: bytes.shuffle(using: &generator)
        default: bytes += generator.bytes(30) + [0x0A]
        }
        try scratch.write(bytes, to: file)
        #expect(try scratch.damage()?.file == file, "seed \(seed)")
        #expect(throws: TrailError.self, "seed \(seed)") { try scratch.writer() }
    }
}
