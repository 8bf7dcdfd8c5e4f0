import struct Foundation.Date

/// A place in the events of one lane.
final class LaneCursor {
    private let directory: TrailDirectory
    private let order: TrailReader.Order
    private let from: Date?
    private let through: Date?
    /// The segments not opened yet, the next one last.
    private var names: [SegmentName]
    private var lines: (name: SegmentName, source: any SegmentLines)?
    private var lastTime = Date(timeIntervalSince1970: 0)

    init(
        directory: TrailDirectory,
        names: [SegmentName],
        order: TrailReader.Order,
        from: Date?,
        through: Date?
    ) {
        self.directory = directory
        self.order = order
        self.from = from
        self.through = through
        self.names = order == .oldestFirst ? names.reversed() : names
    }

    /// The lane's next event within the bounds; nil after the last.
    func next() throws(TrailError) -> TrailEntry? {
        while true {
            guard let (name, source) = lines else {
                guard let name = names.popLast() else { return nil }
                if try mayHoldEvents(name) { lines = (name, try open(name)) }
                continue
            }
            guard let line = try source.nextLine() else {
                lines = nil
                continue
            }
            if let entry = try entry(of: line, in: name), isWithinBounds(entry.time) { return entry }
        }
    }

    private func isWithinBounds(_ time: Date) -> Bool {
        if let from, time < from { return false }
        if let through, time > through { return false }
        return true
    }

    /// The event of a line; nil for headers and digests.
    private func entry(of line: [UInt8], in name: SegmentName) throws(TrailError) -> TrailEntry? {
        guard let record = line.withUnsafeBytes({ TrailLine($0) }) else {
            throw .tampered(TrailDamage(file: name.description, kind: .malformedLine))
        }
        guard record.kind == .event else { return nil }
        let json = line[record.textStart...]
        if let time = EventScan.string("eventTime", in: json).flatMap({ EventTime.parse($0) }) {
            lastTime = time
        }
        return TrailEntry(
            lane: name.lane,
            segment: name.sequence,
            record: record.number,
            time: lastTime,
            json: Array(json)
        )
    }

    private func open(_ name: SegmentName) throws(TrailError) -> any SegmentLines {
        let path = directory.path(of: name)
        switch order {
        case .oldestFirst: return try LineReader(path: path, name: name.description)
        case .newestFirst: return try ReverseLineReader(path: path, name: name.description)
        }
    }

    /// Whether the times of the segment's header and digest leave room for an event within the bounds.
    private func mayHoldEvents(_ name: SegmentName) throws(TrailError) -> Bool {
        let path = directory.path(of: name)
        if let through, let first = try LineReader(path: path, name: name.description).nextLine(),
            let created = Self.text(first).flatMap({ SegmentHeader($0) })?.created,
            let begun = EventTime.parse(created.utf8)
        {
            if begun.timeIntervalSince(through) > TrailReader.timeSlack { return false }
        }
        if let from, let last = try ReverseLineReader(path: path, name: name.description).nextLine(),
            let sealed = Self.text(last).flatMap({ SegmentDigest.read($0) })?.digest.sealed,
            let ended = EventTime.parse(sealed.utf8)
        {
            if from.timeIntervalSince(ended) > TrailReader.timeSlack { return false }
        }
        return true
    }

    private static func text(_ line: [UInt8]) -> String? {
        line.withUnsafeBytes { bytes in
            TrailLine(bytes).map { String(decoding: $0.text(in: bytes), as: UTF8.self) }
        }
    }
}
