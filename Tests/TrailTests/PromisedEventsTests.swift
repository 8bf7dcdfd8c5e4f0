import Foundation
import Testing

@testable import Trail

@Suite("Events in the rooms promised them")
struct PromisedEventsTests {
    let scratch = Scratch()
    let files = FaultyFileSystem()

    @Test func `go out with one write for each lane, in their order`() throws {
        let writer = try scratch.writer(lanes: 2, fileSystem: files)
        let events = try (0..<40).map { number in
            PromisedEvent(event(number), in: try writer.reserve(1_000, lane: number % 2))
        }
        let before = files.writes
        files.change { $0.room = 0 }
        try writer.append(events)
        #expect(files.writes == before + 2)
        files.change { $0.room = nil }
        try writer.close()
        #expect(try scratch.verify().events == 40)
        for lane in 0..<2 {
            let expected = stride(from: lane, to: 40, by: 2).map { text(event($0)) }
            #expect(try scratch.events(ofLane: lane) == expected)
        }
    }

    @Test func `of none are no write`() throws {
        let writer = try scratch.writer(fileSystem: files)
        let before = files.writes
        try writer.append([PromisedEvent]())
        #expect(files.writes == before)
        try writer.close()
    }

    @Test func `are written but for the one that is no event`() throws {
        let writer = try scratch.writer(lanes: 2, fileSystem: files)
        let rooms = try (0..<4).map { try writer.reserve(1_000, lane: $0 % 2) }
        let events = [event(0), event(1), Array("a\nb".utf8), event(3)]
        #expect(throws: TrailError.invalidEvent) {
            try writer.append(zip(events, rooms).map { PromisedEvent($0, in: $1) })
        }
        try writer.close()
        #expect(try scratch.events(ofLane: 0) == [text(event(0))])
        #expect(try scratch.events(ofLane: 1) == [event(1), event(3)].map(text))
    }

    @Test func `are all kept when the disk refuses them, and told first`() throws {
        let writer = try scratch.writer(lanes: 2, durability: .disk, fileSystem: files)
        let events = try (0..<4).map { number in
            PromisedEvent(event(number), in: try writer.reserve(1_000, lane: number % 2))
        }
        files.change { $0.failsSynchronize = true }
        #expect(throws: TrailError.self) { try writer.append(events) }
        #expect(!writer.isWritable)
        files.change { $0.failsSynchronize = false }
        try writer.append([event(10)], lane: 0)
        try writer.append([event(11)], lane: 1)
        try writer.close()
        #expect(try scratch.events(ofLane: 0) == [event(0), event(2), event(10)].map(text))
        #expect(try scratch.events(ofLane: 1) == [event(1), event(3), event(11)].map(text))
        try scratch.verify()
    }

    @Test func `leave their rooms to others afterwards`() throws {
        let writer = try scratch.writer(fileSystem: files)
        for _ in 0..<50 {
            try writer.append(
                try (0..<20).map { PromisedEvent(event($0), in: try writer.reserve(100_000, lane: 0)) }
            )
            // Of all rooms together there would not be so much.
            files.change { $0.room = 4 << 20 }
        }
        files.change { $0.room = nil }
        try writer.close()
        #expect(try scratch.verify().events == 1_000)
    }
}

extension Scratch {
    /// The events of a lane's first segment, in order.
    func events(ofLane lane: Int) throws -> [String] {
        try lines("\(lane)-0000000001.log").filter { $0.first == UInt8(ascii: "E") }.map { line in
            text(Array(line.split(separator: 0x20, maxSplits: 3)[3]))
        }
    }
}
