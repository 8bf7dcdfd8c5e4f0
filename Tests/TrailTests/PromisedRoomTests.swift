import Foundation
import Glibc
import Testing

@testable import Trail

@Suite("Room promised in the trail")
struct PromisedRoomTests {
    let scratch = Scratch()
    let files = FaultyFileSystem()

    @Test func `takes the event on a disk that became full`() throws {
        let writer = try scratch.writer(fileSystem: files)
        let room = try writer.reserve(event(1).count, lane: 0)
        files.change { $0.room = 0 }
        try writer.append([PromisedEvent(event(1), in: room)])
        files.change { $0.room = nil }
        try writer.close()
        #expect(try scratch.verify().events == 1)
    }

    @Test func `is refused by a full disk, and nothing is taken then`() throws {
        let writer = try scratch.writer(fileSystem: files)
        files.change { $0.room = 1_000 }
        for _ in 0..<3 {
            #expect(throws: TrailError.self) { try writer.reserve(100_000, lane: 0) }
        }
        #expect(!writer.isWritable)
        // What was not promised must not count as promised, nor be given back.
        files.change { $0.room = 200_000 }
        let room = try writer.reserve(100_000, lane: 0)
        files.change { $0.room = 0 }
        try writer.append([PromisedEvent(event(1), in: room)])
        try writer.close()
        #expect(try scratch.verify().events == 1)
    }

    @Test func `is not for others`() throws {
        let writer = try scratch.writer(fileSystem: files)
        let long = [UInt8](repeating: 0x61, count: 200_000)
        let room = try writer.reserve(long.count, lane: 0)
        files.change { $0.room = 0 }
        var others = 0
        while others < 5_000, (try? writer.append([event(others)], lane: 0)) != nil { others += 1 }
        #expect(others < 5_000)
        try writer.append([PromisedEvent(long, in: room)])
        files.change { $0.room = nil }
        try writer.close()
        #expect(try scratch.verify().events == UInt64(others + 1))
    }

    @Test func `holds for many at once and is given back by those who record nothing`() throws {
        let writer = try scratch.writer(fileSystem: files)
        var rooms = try (0..<50).map { _ in try writer.reserve(1_000, lane: 0) }
        files.change { $0.room = 0 }
        rooms.removeFirst(25)
        for (number, room) in rooms.enumerated() {
            try writer.append([PromisedEvent(event(number), in: room)])
        }
        rooms = []
        files.change { $0.room = nil }
        try writer.close()
        #expect(try scratch.verify().events == 25)
    }

    @Test(arguments: [false, true])
    func `outlives the end of its segment`(isFull: Bool) throws {
        let clock = StandingClock()
        let writer = try scratch.writer(
            limits: TrailLimits(segmentBytesMax: 2_000, segmentAge: 10),
            fileSystem: files,
            clock: clock
        )
        let room = try writer.reserve(1_000, lane: 0)
        // A full disk keeps the segment open beyond its limits; otherwise the next one takes the room over.
        if isFull { files.change { $0.room = 0 } }
        for number in 0..<20 { try writer.append([event(number)], lane: 0) }
        clock.advance(by: 11)
        try writer.sealAgedSegments()
        #expect(try scratch.segments.count == (isFull ? 1 : 3))
        files.change { $0.room = 0 }
        try writer.append([PromisedEvent(event(20), in: room)])
        files.change { $0.room = nil }
        try writer.close()
        #expect(try scratch.verify().events == 21)
        #expect(try scratch.leftovers.isEmpty)
    }

    @Test func `leaves no file of a segment that was made ahead and not begun`() throws {
        let writer = try scratch.writer(limits: TrailLimits(segmentBytesMax: 500), fileSystem: files)
        let room = try writer.reserve(1_000, lane: 0)
        try writer.append([event(1)], lane: 0)
        files.change { $0.failsRename = true }
        #expect(throws: TrailError.self) { for _ in 0..<10 { try writer.append([event(2)], lane: 0) } }
        #expect(try scratch.leftovers.count == 1)
        try writer.close()
        withExtendedLifetime(room) {}
        files.change { $0.failsRename = false }
        let next = try scratch.writer()
        #expect(try scratch.leftovers.isEmpty)
        try next.append([event(3)], lane: 0)
        try next.close()
        try scratch.verify()
    }

    @Test func `keeps an event that a broken disk refused, and tells it first`() throws {
        let writer = try scratch.writer(durability: .disk, fileSystem: files)
        let room = try writer.reserve(1_000, lane: 0)
        files.change { $0.failsSynchronize = true }
        #expect(throws: TrailError.self) { try writer.append([PromisedEvent(event(1), in: room)]) }
        #expect(!writer.isWritable)
        #expect(throws: TrailError.self) { try writer.append([event(7)], lane: 0) }
        files.change { $0.failsSynchronize = false }
        #expect(writer.isWritable)
        try writer.append([event(2)], lane: 0)
        try writer.close()
        #expect(try scratch.events(ofLane: 0) == [event(1), event(2)].map(text))
        try scratch.verify()
    }

    @Test func `keeps an event that found no room on a file system that cannot reserve`() throws {
        let writer = try scratch.writer(fileSystem: files)
        files.change { $0.cannotReserve = true }
        let room = try writer.reserve(1_000, lane: 0)
        files.change { $0.room = 10 }
        #expect(throws: TrailError.self) { try writer.append([PromisedEvent(event(1), in: room)]) }
        files.change { $0.room = nil }
        try writer.append([event(2)], lane: 0)
        try writer.close()
        #expect(try scratch.events(ofLane: 0) == [event(1), event(2)].map(text))
    }

    @Test func `makes no file longer and is freed with the segment`() throws {
        let writer = try scratch.writer()
        let before = try scratch.bytes("0-0000000001.log").count
        let room = try writer.reserve(300_000, lane: 0)
        #expect(try scratch.bytes("0-0000000001.log").count == before)
        #expect(try scratch.blocks("0-0000000001.log") >= 300_000 / 512)
        try writer.append([PromisedEvent(event(1), in: room)])
        try writer.close()
        #expect(try scratch.blocks("0-0000000001.log") < 300_000 / 512)
        #expect(try scratch.verify().events == 1)
    }
}

extension Scratch {
    /// Files made ahead of their segments.
    fileprivate var leftovers: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".next") }
        }
    }

    /// The blocks of 512 bytes that a file has on the disk.
    fileprivate func blocks(_ file: String) throws -> Int {
        var status = stat()
        guard stat(path + "/" + file, &status) == 0 else { throw CocoaError(.fileNoSuchFile) }
        return Int(status.st_blocks)
    }
}
