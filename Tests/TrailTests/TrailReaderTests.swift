import Foundation
import Testing

@testable import Trail

@Suite("TrailReader")
struct TrailReaderTests {
    let scratch = Scratch()
    let start: TimeInterval = 1_795_236_000

    private func numbers(
        _ order: TrailReader.Order = .oldestFirst,
        from: TimeInterval? = nil,
        through: TimeInterval? = nil
    ) throws -> [Int] {
        let cursor = try TrailReader(directory: scratch.path).events(
            order,
            from: from.map { Date(timeIntervalSince1970: start + $0) },
            through: through.map { Date(timeIntervalSince1970: start + $0) }
        )
        var numbers: [Int] = []
        while let entry = try cursor.next() {
            let object = try JSONSerialization.jsonObject(with: Data(entry.json)) as? [String: Any]
            numbers.append(try #require(object?["number"] as? Int))
        }
        return numbers
    }

    /// One event each ten minutes over three lanes, a segment each two hours.
    private func fill(_ count: Int) throws {
        let clock = StandingClock()
        let writer = try scratch.writer(lanes: 3, limits: TrailLimits(segmentAge: 7_200), clock: clock)
        for number in 0..<count {
            try writer.append([event(number, at: start + Double(number) * 600)], lane: number * 7 % 3)
            clock.advance(by: 600)
        }
        try writer.close()
    }

    @Test func `merges the lanes by time in both directions`() throws {
        try fill(100)
        #expect(try numbers() == Array(0..<100))
        #expect(try numbers(.newestFirst) == (0..<100).reversed())
    }

    @Test func `gives the events between two times and both ends`() throws {
        try fill(100)
        for order in [TrailReader.Order.oldestFirst, .newestFirst] {
            #expect(try numbers(order, from: 6_000, through: 9_000).sorted() == Array(10...15))
            #expect(try numbers(order, from: 54_000).sorted() == Array(90..<100))
            #expect(try numbers(order, through: 1_799).sorted() == [0, 1, 2])
            #expect(try numbers(order, from: 100_000).isEmpty)
            #expect(try numbers(order, through: -1).isEmpty)
        }
    }

    @Test func `passes over segments outside the times without reading their events`() throws {
        try fill(100)
        // A line that cannot be read in a segment that need not be.
        let file = "0-0000000001.log"
        var lines = try scratch.lines(file)
        lines[1] = Array("garbage".utf8)
        try scratch.write(lines: lines, to: file)
        #expect(try numbers(from: 40_000).count == 33)
        #expect(throws: TrailError.tampered(TrailDamage(file: file, kind: .malformedLine))) { try numbers() }
    }

    @Test func `keeps a lane's order where a long call ended after shorter ones`() throws {
        let writer = try scratch.writer()
        for (number, time) in [5.0, 3, 9, 4].enumerated() {
            try writer.append([event(number, at: start + time)], lane: 0)
        }
        #expect(try numbers() == [0, 1, 2, 3])
        #expect(try numbers(.newestFirst) == [3, 2, 1, 0])
        #expect(try numbers(from: 4, through: 5) == [0, 3])
    }

    @Test func `reads what a writer has written so far and leaves out an unfinished record`() throws {
        let writer = try scratch.writer()
        try writer.append([event(1), event(2)], lane: 0)
        let bytes = try scratch.bytes("0-0000000001.log")
        #expect(try numbers() == [1, 2])
        try scratch.write(Array(bytes.dropLast(5)), to: "0-0000000001.log")
        #expect(try numbers() == [1])
        #expect(try numbers(.newestFirst) == [1])
        #expect(writer.isWritable)
    }

    @Test func `reads lines longer than its blocks`() throws {
        let writer = try scratch.writer()
        let filler = String(repeating: "x", count: 200_000)
        for number in 0..<6 {
            let json =
                #"{"filler":"\#(filler)","eventTime":"2026-11-21T05:00:0\#(number)Z","number":\#(number)}"#
            try writer.append([Array(json.utf8)], lane: 0)
        }
        #expect(try numbers() == [0, 1, 2, 3, 4, 5])
        #expect(try numbers(.newestFirst) == [5, 4, 3, 2, 1, 0])
        #expect(try scratch.verify().events == 6)
    }

    @Test(
        arguments: [
            (#"{"eventTime":"a"}"#, "a"),
            (#"{"x":{"eventTime":"inner"},"eventTime":"outer"}"#, "outer"),
            (#"{"x":["eventTime","y"],"eventTime":"outer"}"#, "outer"),
            (#"{"x":"\"eventTime\":\"fake\"","eventTime":"real"}"#, "real"),
            (#"{"x":"eventTime","y":"fake","eventTime":"real"}"#, "real"),
            (#"{ "eventTime" : "spaced" }"#, "spaced"),
            (#"{"eventTime":7}"#, nil),
            (#"{"eventTime":{"eventTime":"inner"}}"#, nil),
            (#"{"x":{"eventTime":"inner"}}"#, nil),
            (#"{"eventTime":"open"#, nil),
            (#"{"eventTime":"open\"#, nil),
            ("", nil), ("\"", nil), ("}}}]", nil), (#""eventTime":"x""#, nil),
        ] as [(String, String?)]
    )
    func `finds the event's own time and no other`(json: String, time: String?) {
        #expect(EventScan.string("eventTime", in: Array(json.utf8)[...]).map { text(Array($0)) } == time)
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func `scans garbage without harm`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array(#"{}[]:,"\eventTime 19"#.utf8)
        let json = (0..<300).compactMap { _ in alphabet.randomElement(using: &generator) }
        if let found = EventScan.string("eventTime", in: json[...]) {
            #expect(json.indices.contains(found.startIndex), "seed \(seed)")
        }
    }
}
