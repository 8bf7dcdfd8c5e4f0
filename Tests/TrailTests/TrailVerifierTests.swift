import Foundation
import Testing

@testable import Trail

@Suite("TrailVerifier")
struct TrailVerifierTests {
    let scratch = Scratch()
    let head: TrailHead

    /// Two lanes; lane 0 has three segments of two events, lane 1 one of three.
    init() throws {
        let clock = StandingClock()
        let writer = try scratch.writer(lanes: 2, limits: TrailLimits(segmentAge: 60), clock: clock)
        try writer.append([event(1), event(2), event(3)], lane: 1)
        for segment in 0..<3 {
            try writer.append([event(10 + segment * 2), event(11 + segment * 2)], lane: 0)
            if segment < 2 { clock.advance(by: 60) }
        }
        try writer.close()
        head = try writer.currentHead()
    }

    @Test func `accepts a whole trail and counts what it holds`() throws {
        let report = try scratch.verify(head: head)
        #expect(report.segments == 4)
        #expect(report.events == 9)
        #expect(report.lanes.map(\.end) == head.lanes)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `finds a changed bit in every byte and names its file and line`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for file in try scratch.segments {
            let whole = try scratch.bytes(file)
            for index in whole.indices {
                var changed = whole
                changed[index] ^= 1 << UInt8.random(in: 0...7, using: &generator)
                try scratch.write(changed, to: file)
                let damage = try scratch.damage()
                #expect(damage?.file == file, "byte \(index) of \(file), seed \(seed)")
                let line = whole[..<index].count { $0 == 0x0A } + 1
                #expect(damage?.line == line, "byte \(index) of \(file), seed \(seed)")
            }
            try scratch.write(whole, to: file)
        }
        try scratch.verify(head: head)
    }

    @Test func `finds every dropped, repeated and exchanged line`() throws {
        for file in try scratch.segments {
            let lines = try scratch.lines(file)
            for index in lines.indices {
                var dropped = lines
                dropped.remove(at: index)
                try scratch.write(lines: dropped, to: file)
                #expect(try scratch.damage(head: head) != nil, "line \(index) of \(file) dropped")
                var repeated = lines
                repeated.insert(lines[index], at: index)
                try scratch.write(lines: repeated, to: file)
                #expect(try scratch.damage()?.file == file, "line \(index) of \(file) repeated")
                for other in lines.indices where other > index {
                    var exchanged = lines
                    exchanged.swapAt(index, other)
                    try scratch.write(lines: exchanged, to: file)
                    #expect(try scratch.damage()?.file == file, "lines \(index), \(other) of \(file)")
                }
            }
            try scratch.write(lines: lines, to: file)
        }
        try scratch.verify(head: head)
    }

    @Test func `finds every missing file`() throws {
        for file in try scratch.segments {
            let bytes = try scratch.bytes(file)
            try scratch.remove(file)
            #expect(try scratch.damage(head: head) != nil, "\(file)")
            if file != "0-0000000003.log" { #expect(try scratch.damage() != nil, "\(file)") }
            try scratch.write(bytes, to: file)
        }
    }

    @Test func `finds a lane that is missing as a whole without a head`() throws {
        try scratch.remove("1-0000000001.log")
        #expect(try scratch.damage() == TrailDamage(file: "1-0000000001.log", kind: .missingLane))
    }

    @Test func `finds every pair of exchanged files and every copied file`() throws {
        let files = try scratch.segments
        for first in files {
            for second in files where second != first {
                let (one, two) = (try scratch.bytes(first), try scratch.bytes(second))
                try scratch.write(two, to: first)
                #expect([first, second].contains(try scratch.damage()?.file), "\(second) over \(first)")
                try scratch.write(one, to: second)
                #expect([first, second].contains(try scratch.damage()?.file), "\(first) and \(second)")
                try scratch.write(one, to: first)
                try scratch.write(two, to: second)
            }
        }
        try scratch.write(try scratch.bytes("0-0000000003.log"), to: "0-0000000004.log")
        #expect(try scratch.damage()?.file == "0-0000000004.log")
    }

    @Test func `finds every cut of the last file by a head`() throws {
        let file = "0-0000000003.log"
        let whole = try scratch.bytes(file)
        for length in 0..<whole.count {
            try scratch.write(Array(whole.prefix(length)), to: file)
            #expect(try scratch.damage(head: head)?.kind == .truncated, "length \(length)")
        }
    }

    @Test func `finds every cut of a file that has a successor without a head`() throws {
        let file = "0-0000000002.log"
        let whole = try scratch.bytes(file)
        for length in 0..<whole.count {
            try scratch.write(Array(whole.prefix(length)), to: file)
            #expect(try scratch.damage()?.file == file, "length \(length)")
        }
    }

    @Test func `finds records that were written anew with a right chain by their digest`() throws {
        let file = "0-0000000001.log"
        let lines = try scratch.lines(file)
        var forged: [UInt8] = []
        var hash = ChainHash.zero
        for (number, line) in lines.enumerated() {
            let record = try #require(line.withUnsafeBytes { TrailLine($0) })
            let old = text(Array(line[record.textStart...]))
            hash = LineEncoder.append(
                old.replacingOccurrences(of: #""number":10"#, with: #""number":99"#),
                kind: record.kind,
                number: UInt64(number),
                after: hash,
                to: &forged
            )
        }
        try scratch.write(forged, to: file)
        #expect(try scratch.damage()?.kind == .digestMismatch)
    }

    @Test func `finds an unsealed tail that was written anew by a head`() throws {
        let other = Scratch()
        let published: TrailHead
        do {
            let writer = try other.writer()
            try writer.append([event(1), event(2)], lane: 0)
            published = try writer.currentHead()
        }
        try other.verify(head: published)
        let file = "0-0000000001.log"
        let header = try other.lines(file)[0]
        let start = try #require(header.withUnsafeBytes { TrailLine($0) })
        var forged = header + [0x0A]
        var hash = start.hash
        for number in 1...2 {
            hash = LineEncoder.append(
                text(event(number + 5)),
                kind: .event,
                number: UInt64(number),
                after: hash,
                to: &forged
            )
        }
        try other.write(forged, to: file)
        try other.verify()
        #expect(try other.damage(head: published)?.kind == .headMismatch)
    }

    @Test func `refuses another key`() throws {
        let key = try TrailSigner.fixed(9).publicKey
        do {
            _ = try TrailVerifier.verify(directory: scratch.path, publicKey: key)
            Issue.record("verified with another key")
        } catch TrailError.tampered(let damage) {
            #expect(damage.kind == .badSignature)
            #expect(damage.file == "0-0000000001.log")
        }
    }

    @Test func `refuses a head of another signer and of another trail`() throws {
        let other = Scratch()
        let stranger = try other.writer(signer: .fixed(9))
        #expect(throws: TrailError.forgedHead) { try scratch.verify(head: try stranger.currentHead()) }
        let sibling = Scratch()
        let writer = try sibling.writer()
        #expect(try scratch.damage(head: try writer.currentHead())?.kind == .otherTrail)
    }

    @Test func `holds an older head against a trail that has grown`() throws {
        let writer = try scratch.writer(lanes: 2)
        try writer.append([event(30)], lane: 0)
        let live = try writer.currentHead()
        try scratch.verify(head: head)
        try scratch.verify(head: live)
        try writer.close()
        try scratch.verify(head: live)
    }

    @Test func `verifies while a writer writes`() async throws {
        let writer = try scratch.writer(lanes: 2, limits: TrailLimits(segmentBytesMax: 4_000))
        let writing = Task {
            for number in 0..<600 { try writer.append([event(number), event(number)], lane: number % 2) }
        }
        for _ in 0..<20 { try scratch.verify(head: head) }
        try await writing.value
        #expect(try scratch.verify(head: try writer.currentHead()).events == 9 + 1_200)
    }

    @Test func `says that a directory is absent`() throws {
        let absent = Scratch()
        let failure = SystemFailure(.list, absent.path, code: ENOENT)
        #expect(throws: TrailError.unavailable(failure)) { try absent.verify() }
    }
}
