import Crypto
import Foundation
import Testing

@testable import Trail

@Suite("TrailWriter")
struct TrailWriterTests {
    let scratch = Scratch()

    @Test func `writes one line an event between a header and a digest`() throws {
        let writer = try scratch.writer()
        try writer.append([event(1), event(2)], lane: 0)
        try writer.append([event(3)], lane: 0)
        try writer.close()
        let lines = try scratch.lines("0-0000000001.log").map(text)
        #expect(lines.count == 5)
        #expect(lines[0].hasPrefix("H 0 "))
        for number in 1...3 {
            #expect(lines[number].hasPrefix("E \(number) "))
            #expect(lines[number].hasSuffix(" " + text(event(number))))
        }
        #expect(lines[4].hasPrefix("S 4 "))
        let report = try scratch.verify()
        #expect(report.events == 3)
        #expect(report.trail == writer.trail)
        #expect(report.lanes.map(\.isSealed) == [true])
    }

    @Test func `counts what it writes`() throws {
        let writer = try scratch.writer()
        #expect(writer.statistics == TrailStatistics())
        try writer.append([event(1), event(2)], lane: 0)
        try writer.append([event(3)], lane: 0)
        #expect(throws: TrailError.invalidEvent) { try writer.append([[]], lane: 0) }
        let lines = try scratch.lines("0-0000000001.log")
        #expect(writer.statistics.events == 3 && writer.statistics.failures == 0)
        #expect(writer.statistics.bytes == lines.dropFirst().reduce(0) { $0 + UInt64($1.count) + 1 })
        #expect(writer.statistics.sealedSegments == 0 && writer.statistics.lastSealed == nil)
        try writer.close()
        #expect(writer.statistics.sealedSegments == 1 && writer.statistics.lastSealed != nil)
    }

    @Test func `gives the chain that its documentation states`() throws {
        let writer = try scratch.writer()
        try writer.append([event(1)], lane: 0)
        try writer.close()
        var previous = [UInt8](repeating: 0, count: 32)
        for (number, line) in try scratch.lines("0-0000000001.log").enumerated() {
            let parts = line.split(separator: 0x20, maxSplits: 3)
            var hasher = SHA256()
            hasher.update(data: previous)
            hasher.update(data: [0, 0, 0, 0, 0, 0, 0, UInt8(number)])
            hasher.update(data: [0, 0, 0, 0, 0, 0, UInt8(parts[3].count >> 8), UInt8(parts[3].count & 255)])
            hasher.update(data: parts[0])
            hasher.update(data: parts[3])
            previous = Array(hasher.finalize())
            #expect(previous.map { String(format: "%02x", $0) }.joined() == text(Array(parts[2])))
        }
    }

    @Test func `makes files that only their owner can read`() throws {
        let writer = try scratch.writer()
        try writer.append([event(1)], lane: 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path + "/0-0000000001.log")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let directory = try FileManager.default.attributesOfItem(atPath: scratch.path)
        #expect((directory[.posixPermissions] as? NSNumber)?.intValue == 0o700)
    }

    @Test func `refuses a second writer until the first is closed`() throws {
        let first = try scratch.writer()
        #expect(throws: TrailError.directoryInUse(scratch.path)) { try scratch.writer() }
        try first.close()
        try scratch.writer().close()
    }

    @Test func `lets go of the directory when it is dropped without being closed`() throws {
        do {
            let writer = try scratch.writer()
            try writer.append([event(1)], lane: 0)
        }
        let writer = try scratch.writer()
        #expect(writer.recoveries == [TrailRecovery(file: "0-0000000001.log", tornBytes: 0, isSealed: true)])
    }

    @Test(arguments: [
        [], [0x7B, 0x0A, 0x7D], [UInt8](repeating: 0x20, count: TrailLimits.eventBytesMax + 1),
    ])
    func `refuses an event that is no line and takes none of its batch`(bad: [UInt8]) throws {
        let writer = try scratch.writer()
        #expect(throws: TrailError.invalidEvent) { try writer.append([event(1), bad], lane: 0) }
        #expect(writer.isWritable)
        try writer.append([event(2)], lane: 0)
        try writer.close()
        #expect(try scratch.verify().events == 1)
    }

    @Test func `takes an event of the greatest size and reads it again`() throws {
        let writer = try scratch.writer()
        let large = [UInt8](repeating: 0x78, count: TrailLimits.eventBytesMax)
        try writer.append([large], lane: 0)
        try writer.close()
        #expect(try scratch.verify().events == 1)
        #expect(try TrailReader(directory: scratch.path).events(.newestFirst).next()?.json == large)
        #expect(try TrailReader(directory: scratch.path).events(.oldestFirst).next()?.json == large)
    }

    @Test func `refuses events after it was closed`() throws {
        let writer = try scratch.writer()
        try writer.close()
        #expect(throws: TrailError.closed) { try writer.append([event(1)], lane: 0) }
        #expect(!writer.isWritable)
        try writer.close()
    }

    @Test func `begins a new segment when one is full`() throws {
        let writer = try scratch.writer(limits: TrailLimits(segmentBytesMax: 2_000))
        for number in 1...40 { try writer.append([event(number)], lane: 0) }
        try writer.close()
        let report = try scratch.verify()
        #expect(report.events == 40)
        #expect(report.segments > 3)
        for file in try scratch.segments {
            // The digest comes on top of the limit.
            #expect(try scratch.bytes(file).count <= 2_000 + 900)
        }
    }

    @Test func `puts a batch larger than a segment into a segment of its own`() throws {
        let writer = try scratch.writer(limits: TrailLimits(segmentBytesMax: 1_000))
        try writer.append((1...50).map { event($0) }, lane: 0)
        try writer.append([event(51)], lane: 0)
        try writer.close()
        #expect(try scratch.verify().events == 51)
        #expect(try scratch.segments == ["0-0000000001.log", "0-0000000002.log"])
    }

    @Test func `begins a new segment when one is old`() throws {
        let clock = StandingClock()
        let writer = try scratch.writer(limits: TrailLimits(segmentAge: 60), clock: clock)
        try writer.append([event(1)], lane: 0)
        clock.advance(by: 59)
        try writer.append([event(2)], lane: 0)
        clock.advance(by: 1)
        try writer.append([event(3)], lane: 0)
        #expect(try scratch.segments.count == 2)
        #expect(try scratch.verify().events == 3)
    }

    @Test func `seals the aged segments of quiet lanes when asked and no others`() throws {
        let clock = StandingClock()
        let writer = try scratch.writer(lanes: 2, limits: TrailLimits(segmentAge: 60), clock: clock)
        try writer.append([event(1)], lane: 0)
        clock.advance(by: 30)
        try writer.sealAgedSegments()
        #expect(try scratch.verify().lanes.map(\.isSealed) == [false, false])
        clock.advance(by: 30)
        try writer.sealAgedSegments()
        #expect(try scratch.verify().lanes.map(\.isSealed) == [true, false])
        #expect(try scratch.segments.count == 2)
    }

    @Test func `does not begin empty segments at every start`() throws {
        for number in 1...5 {
            let writer = try scratch.writer(lanes: 2)
            try writer.append([event(number)], lane: 0)
            try writer.close()
        }
        #expect(try scratch.segments.filter { $0.hasPrefix("0-") }.count == 5)
        #expect(try scratch.segments.filter { $0.hasPrefix("1-") }.count == 1)
        #expect(try scratch.verify().events == 5)
    }

    @Test func `goes on with more or fewer lanes than before`() throws {
        for lanes in [3, 1, 4] {
            let writer = try scratch.writer(lanes: lanes)
            for lane in 0..<lanes { try writer.append([event(lane)], lane: lane) }
            let head = try writer.currentHead()
            #expect(head.lanes.map(\.lane) == Array(0..<max(3, lanes)))
            try scratch.verify(head: head)
            try writer.close()
        }
        #expect(try scratch.verify().events == 8)
    }

    @Test func `refuses a directory of another signer`() throws {
        try scratch.writer().close()
        let path = scratch.path + "/public-key"
        #expect(throws: TrailError.signerMismatch(path)) { try scratch.writer(signer: .fixed(8)) }
    }

    @Test func `keeps every event that many threads append at once`() async throws {
        let writer = try scratch.writer(lanes: 3, limits: TrailLimits(segmentBytesMax: 20_000))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<200 {
                        try writer.append([event(task * 1_000 + number)], lane: task % 3)
                    }
                }
            }
            try await group.waitForAll()
        }
        let live = try scratch.verify(head: try writer.currentHead())
        #expect(live.events == 1_600)
        try writer.close()
        var seen = Set<[UInt8]>()
        let cursor = try TrailReader(directory: scratch.path).events()
        while let entry = try cursor.next() { seen.insert(entry.json) }
        #expect(seen.count == 1_600)
    }

    @Test func `waits for the disk when it is told to`() throws {
        let files = FaultyFileSystem()
        let writer = try scratch.writer(durability: .disk, fileSystem: files)
        try writer.append([event(1)], lane: 0)
        files.change { $0.failsSynchronize = true }
        #expect(throws: TrailError.self) { try writer.append([event(2)], lane: 0) }
        files.change { $0.failsSynchronize = false }
        try writer.append([event(3)], lane: 0)
        try writer.close()
        #expect(
            try scratch.lines("0-0000000001.log").map { text($0).suffix(3) }.dropFirst().prefix(2) == [
                ":1}", ":3}",
            ]
        )
        try scratch.verify()
    }
}
