/// An event that was looked up, and its place in the order of all.
package struct FoundEvent: Sendable {
    package let place: Place
    /// The event's JSON.
    package let json: [UInt8]

    /// Where an event stands in the order of lookups: by time, then by where it was written.
    package struct Place: Hashable, Sendable, Comparable {
        /// Seconds since 1970.
        package let time: UInt32
        package let lane: Int
        package let segment: UInt64
        package let offset: UInt32

        package init(time: UInt32, lane: Int, segment: UInt64, offset: UInt32) {
            self.time = time
            self.lane = lane
            self.segment = segment
            self.offset = offset
        }

        package static func < (left: Place, right: Place) -> Bool {
            (left.time, left.lane, left.segment, left.offset)
                < (right.time, right.lane, right.segment, right.offset)
        }
    }
}

extension TrailIndex {
    /// The newest events that a query means, of those that stand behind `after` where that is given.
    ///
    /// It reads files and may take long: not for threads that answer requests.
    ///
    /// - Throws: `TrailError.unavailable` when a file cannot be read; `.tampered` when a segment is no longer
    ///   what its index was made of, even after that was made anew.
    package func lookup(
        _ query: EventQuery,
        limit: Int,
        after: FoundEvent.Place? = nil
    ) throws(TrailError) -> [FoundEvent] {
        let prepared = PreparedQuery(query, for: trail)
        var attemptsLeft = 3
        while true {
            attemptsLeft -= 1
            var search = EventSearch(self, prepared, after: after)
            switch try search.run(limit: limit) {
            case .found(let events): return events
            case .stale(let name):
                guard attemptsLeft > 0 else {
                    throw .tampered(TrailDamage(file: name.description, kind: .malformedLine))
                }
                try build(name)
            }
        }
    }
}

/// One walk back through the segments, the newest first.
struct EventSearch {
    enum Outcome {
        case found([FoundEvent])
        /// An index names a place of its segment at which no event stands.
        case stale(SegmentName)
    }

    private let index: TrailIndex
    private let query: PreparedQuery
    private let after: FoundEvent.Place?
    /// The segments not opened yet, that with the newest event last.
    private var sources: [Source] = []
    private var cursors: [SegmentCursor] = []

    private struct Source {
        /// No event of the segment is newer.
        let timeMax: UInt32
        let name: SegmentName
        /// Nil for a sealed segment.
        var columns: IndexColumns?
        var index: SegmentIndex?
    }

    init(_ index: TrailIndex, _ query: PreparedQuery, after: FoundEvent.Place?) {
        self.index = index
        self.query = query
        self.after = after
    }

    mutating func run(limit: Int) throws(TrailError) -> Outcome {
        try collect()
        var found: [FoundEvent] = []
        while found.count < limit {
            try openSources()
            guard let best = cursors.indices.max(by: { cursors[$0].place < cursors[$1].place }) else { break }
            let place = cursors[best].place
            let name = cursors[best].name
            guard let json = try index.files.event(in: name, at: Int(place.offset)) else {
                return .stale(name)
            }
            if json.withUnsafeBytes({ query.means(EventSummary($0)) }) {
                found.append(FoundEvent(place: place, json: json))
            }
            if !cursors[best].advance(query) { cursors.remove(at: best) }
        }
        return .found(found)
    }

    private mutating func collect() throws(TrailError) {
        let (open, sealed) = try index.snapshot()
        for (name, columns) in open {
            add(Source(timeMax: columns[.time].last ?? 0, name: name, columns: columns))
        }
        for segment in sealed {
            if let known = segment.index {
                if isOfUse(known) { add(Source(timeMax: known.timeMax, name: segment.name, index: known)) }
            } else {
                add(Source(timeMax: try newest(in: segment.name), name: segment.name))
            }
        }
        sources.sort { ($0.timeMax, $0.name) < ($1.timeMax, $1.name) }
    }

    private mutating func add(_ source: Source) {
        guard source.timeMax >= query.timeMin else { return }
        sources.append(source)
    }

    /// No event of a sealed segment is younger than its digest, if the clock went right: an hour is given.
    private func newest(in name: SegmentName) throws(TrailError) -> UInt32 {
        guard let end = try index.files.end(of: name) else { return .max }
        let (sum, overflow) = end.sealed.addingReportingOverflow(UInt32(TrailReader.timeSlack))
        return overflow ? .max : sum
    }

    private func isOfUse(_ index: SegmentIndex) -> Bool {
        guard index.count > 0, index.timeMin <= min(query.timeMax, after?.time ?? .max),
            index.mayHold(query.place, in: .place)
        else { return false }
        guard let column = query.columns.first, query.columns.count == 1, column != .flags else {
            return true
        }
        return index.mayHold(query.hash, in: column)
    }

    /// Opens every segment that may hold an event as new as the newest found in the open ones.
    private mutating func openSources() throws(TrailError) {
        while let source = sources.last {
            if let newest = cursors.lazy.map(\.place.time).max(), source.timeMax < newest { return }
            sources.removeLast()
            if var cursor = try open(source), cursor.advance(query) { cursors.append(cursor) }
        }
    }

    private func open(_ source: Source) throws(TrailError) -> SegmentCursor? {
        let wanted = [.time, .offset, .place] + query.columns
        if let columns = source.columns {
            return SegmentCursor(source.name, wanted.map { columns[$0] }, query, after: after)
        }
        let known: SegmentIndex
        if let index = source.index { known = index } else { known = try index.index(of: source.name) }
        guard isOfUse(known) else { return nil }
        return SegmentCursor(source.name, try index.columns(wanted, of: known), query, after: after)
    }
}

/// A place among the rows of one segment, walking from the newest to the oldest.
struct SegmentCursor {
    let name: SegmentName
    /// Times, offsets and places, then the columns of the query.
    private let columns: [[UInt32]]
    private let after: FoundEvent.Place?
    /// The row under the cursor; none before the first ``advance(_:)``.
    private var row: Int
    private(set) var place: FoundEvent.Place

    init(_ name: SegmentName, _ columns: [[UInt32]], _ query: PreparedQuery, after: FoundEvent.Place?) {
        self.name = name
        self.columns = columns
        self.after = after
        row = Self.firstRow(after: min(query.timeMax, after?.time ?? .max), in: columns[0])
        place = FoundEvent.Place(time: 0, lane: name.lane, segment: name.sequence, offset: 0)
    }

    /// Goes to the next older row that the query may mean; false when there is none.
    mutating func advance(_ query: PreparedQuery) -> Bool {
        while row > 0 {
            row -= 1
            let time = columns[0][row]
            guard time >= query.timeMin else { break }
            guard columns[2][row] == query.place, query.mayMean({ columns[3 + $0][row] }) else { continue }
            place = FoundEvent.Place(
                time: time,
                lane: name.lane,
                segment: name.sequence,
                offset: columns[1][row]
            )
            if let after, place >= after { continue }
            return true
        }
        row = 0
        return false
    }

    /// The first row whose time is greater.
    private static func firstRow(after time: UInt32, in times: [UInt32]) -> Int {
        var low = 0
        var high = times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
