import Foundation
import Testing

@testable import Trail

@Suite("TrailFollower")
struct TrailFollowerTests {
    let scratch = Scratch()

    /// The `number` members of all events that can be had now, in the order in which they come.
    private func numbers(_ follower: TrailFollower) throws -> [Int] {
        var numbers: [Int] = []
        while let batch = try follower.next() {
            #expect(batch.damages.isEmpty)
            try batch.withEvents { (_, json) throws(any Error) in
                numbers.append(try Self.number(Array(json)))
            }
        }
        return numbers
    }

    private static func number(_ json: [UInt8]) throws -> Int {
        let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
        return try #require(object?["number"] as? Int)
    }

    @Test func `hands out what is written, once, in a lane's order`() throws {
        let writer = try scratch.writer()
        let follower = try TrailFollower(writer)
        #expect(try numbers(follower).isEmpty)
        try writer.append([event(1), event(2)], lane: 0)
        #expect(try numbers(follower) == [1, 2])
        #expect(try numbers(follower).isEmpty)
        try writer.append([event(3)], lane: 0)
        #expect(try numbers(follower) == [3])
    }

    @Test func `follows all lanes through many segments whatever the size of its blocks`() throws {
        for blockBytes in [1, 1_024, 4_096, 256 << 10] {
            let scratch = Scratch()
            let writer = try scratch.writer(lanes: 3, limits: TrailLimits(segmentBytesMax: 2_000))
            let follower = try TrailFollower(writer, blockBytes: blockBytes)
            var seen: [Int] = []
            for number in 0..<300 {
                try writer.append([event(number)], lane: number % 3)
                if number % 37 == 0 { seen += try numbers(follower) }
            }
            seen += try numbers(follower)
            for lane in 0..<3 {
                #expect(seen.filter { $0 % 3 == lane } == Array(stride(from: lane, to: 300, by: 3)))
            }
            try writer.close()
            #expect(try numbers(follower).isEmpty)
        }
    }

    @Test func `goes on from its position after a restart, also when lanes were added or taken away`() throws
    {
        var writer = try scratch.writer(lanes: 2)
        let first = try TrailFollower(writer)
        try writer.append([event(1)], lane: 0)
        try writer.append([event(2)], lane: 1)
        #expect(Set(try numbers(first)) == [1, 2])
        let bookmark = TrailBookmark("alarms", directory: scratch.path)
        #expect(try bookmark.load() == nil)
        try bookmark.save(first.position)
        try writer.append([event(3)], lane: 1)
        try writer.close()

        writer = try scratch.writer(lanes: 1)
        try writer.append([event(4)], lane: 0)
        let second = try TrailFollower(writer, from: try bookmark.load())
        #expect(Set(try numbers(second)) == [3, 4])
        try bookmark.save(second.position)
        try writer.close()

        writer = try scratch.writer(lanes: 4)
        for lane in 0..<4 { try writer.append([event(5 + lane)], lane: lane) }
        let third = try TrailFollower(writer, from: try bookmark.load())
        #expect(Set(try numbers(third)) == [5, 6, 7, 8])
        try bookmark.remove()
        #expect(try bookmark.load() == nil)
    }

    @Test func `passes over the past when told to`() throws {
        let writer = try scratch.writer(lanes: 2)
        try writer.append([event(1)], lane: 0)
        try writer.append([event(2)], lane: 1)
        let follower = try TrailFollower(writer)
        follower.skipToEnd()
        #expect(try numbers(follower).isEmpty)
        try writer.append([event(3)], lane: 1)
        #expect(try numbers(follower) == [3])
        follower.skipToEnd()
        try writer.close()
        follower.skipToEnd()
        let next = try scratch.writer(lanes: 2)
        try next.append([event(4)], lane: 0)
        #expect(try numbers(TrailFollower(next, from: follower.position)) == [4])
    }

    @Test func `never hands out an event whose write failed`() throws {
        let files = FaultyFileSystem()
        let writer = try scratch.writer(fileSystem: files)
        try writer.append([event(1)], lane: 0)
        let follower = try TrailFollower(writer)
        #expect(try numbers(follower) == [1])
        // A whole record of the batch reaches the file and cannot be dropped at once.
        files.change {
            $0.room = event(2).count + 100
            $0.failsTruncate = true
        }
        #expect(throws: TrailError.self) { try writer.append([event(2), event(3)], lane: 0) }
        #expect(try numbers(follower).isEmpty)
        files.change {
            $0.room = nil
            $0.failsTruncate = false
        }
        try writer.append([event(4)], lane: 0)
        #expect(try numbers(follower) == [4])
    }

    @Test func `hands out events of the greatest size`() throws {
        let writer = try scratch.writer()
        let filler = String(repeating: "x", count: TrailLimits.eventBytesMax - 30)
        let events = (1...3).map { Array(#"{"number":\#($0),"text":"\#(filler)"}"#.utf8) }
        for event in events { try writer.append([event], lane: 0) }
        try writer.append([event(4)], lane: 0)
        #expect(try numbers(TrailFollower(writer, blockBytes: 1_024)) == [1, 2, 3, 4])
    }

    @Test func `tells of damaged lines and goes on behind them`() throws {
        let writer = try scratch.writer(limits: TrailLimits(segmentBytesMax: 2_000))
        for number in 0..<100 { try writer.append([event(number)], lane: 0) }
        let segments = try scratch.segments
        var lines = try scratch.lines(segments[1])
        lines[3] = Array("nonsense".utf8)
        lines.remove(at: 6)
        try scratch.write(lines: lines, to: segments[1])
        try scratch.remove(segments[3])
        try scratch.write(Array(try scratch.bytes(segments[5]).prefix(200)), to: segments[5])
        var kinds: [TrailDamage.Kind] = []
        var last = -1
        let follower = try TrailFollower(writer)
        while let batch = try follower.next() {
            kinds += batch.damages.map(\.kind)
            try batch.withEvents { (_, json) throws(any Error) in last = try Self.number(Array(json)) }
        }
        #expect(last == 99)
        #expect(kinds.contains(.malformedLine))
        #expect(kinds.contains(.missingSegment))
        #expect(kinds.contains { if case .outOfOrder = $0 { true } else { false } })
    }

    @Test func `does not stay at a segment that became shorter under it`() throws {
        let writer = try scratch.writer()
        try writer.append([event(1), event(2)], lane: 0)
        try scratch.write(
            lines: Array(try scratch.lines("0-0000000001.log").prefix(2)),
            to: "0-0000000001.log"
        )
        let follower = try TrailFollower(writer)
        #expect(try follower.next()?.events.count == 1)
        #expect(try follower.next()?.damages.map(\.kind) == [.truncated])
        #expect(try follower.next() == nil)
    }

    @Test func `refuses the position of another trail`() throws {
        let writer = try scratch.writer()
        #expect(throws: TrailError.invalidPosition) {
            try TrailFollower(writer, from: TrailPosition(beginningOf: .random()))
        }
    }

    @Test func `reads a position as it writes it and nothing else`() throws {
        let writer = try scratch.writer(lanes: 3)
        let follower = try TrailFollower(writer)
        for lane in 0..<3 { try writer.append([event(lane)], lane: lane) }
        #expect(try numbers(follower).count == 3)
        let text = follower.position.description
        #expect(try TrailPosition(text) == follower.position)
        for end in text.indices {
            #expect(throws: TrailError.invalidPosition) { try TrailPosition(String(text[..<end])) }
        }
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            var bytes = Array(text.utf8)
            bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(
                in: 0...127,
                using: &generator
            )
            do throws(TrailError) {
                let position = try TrailPosition(String(decoding: bytes, as: UTF8.self))
                #expect(position.description.utf8.elementsEqual(bytes))
            } catch {
                #expect(error == .invalidPosition)
            }
        }
        try scratch.write(Array("garbage".utf8), to: "alarms.position")
        #expect(throws: TrailError.invalidPosition) {
            try TrailBookmark("alarms", directory: scratch.path).load()
        }
    }
}
