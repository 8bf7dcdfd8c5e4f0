import Synchronization

/// Finds events of a running writer's trail by their attributes, the newest first.
///
/// Every sealed segment gets an index file; the segments being written are indexed in memory. What is not indexed
/// yet is indexed when a lookup needs it, so that an answer is whole at any time; hits are read from the segment
/// itself, so that no index can make up an event.
package final class TrailIndex: Sendable {
    /// What is known of the segments.
    struct State {
        var follower: TrailFollower
        /// The segments being written, by lane.
        var open: [Int: OpenIndex] = [:]
        /// Sealed segments whose indexes were found good.
        var indexed: [SegmentName: SegmentIndex] = [:]
        /// Sealed segments whose indexes were not looked for yet.
        var pending: Set<SegmentName> = []
        /// Why an index could not be kept; lookups do without.
        var failure: TrailError?
    }

    /// The index of a segment that is being written.
    struct OpenIndex {
        let segment: UInt64
        var columns = IndexColumns()
        var indexer: EventIndexer
    }

    package let trail: TrailID
    let files: IndexFiles
    private let directory: TrailDirectory
    private let state: Mutex<State>

    /// Takes stock of the trail of a writer; it reads no event yet.
    package init(_ writer: TrailWriter) throws(TrailError) {
        trail = writer.trail
        directory = writer.directory
        files = IndexFiles(directory: writer.directory, trail: writer.trail, signer: writer.signer)
        var start = TrailPosition(beginningOf: writer.trail)
        var pending: Set<SegmentName> = []
        // Asked before the directory is listed: a segment sealed in between is followed, and not listed too.
        let ends = writer.ends
        for end in ends {
            let first = end.place.segment
            start.places[end.lane] = TrailPosition.Place(segment: first, offset: 0, record: 0)
        }
        for (lane, names) in try directory.segments() {
            let first = start.places[lane]?.segment ?? 1
            for name in names where name.sequence < first { pending.insert(name) }
        }
        let follower = try TrailFollower(writer, from: start)
        state = Mutex(State(follower: follower, pending: pending))
    }

    /// Indexes what was written since, and some of the segments that have no index yet.
    ///
    /// To be called about once a second by a thread that may take long; a lookup does the same when it must.
    ///
    /// - Returns: Whether there is more to do at once.
    /// - Throws: `TrailError.unavailable` when segments cannot be read or indexes not be kept; it is better tried
    ///   again only after a while.
    package func maintain() throws(TrailError) -> Bool {
        try catchUp()
        let next = state.withLock { $0.pending.max() }
        if let next { _ = try index(of: next) }
        let failure = state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
        if let failure { throw failure }
        return next != nil
    }

    /// Brings the indexes of the segments being written to the last acknowledged event.
    func catchUp() throws(TrailError) {
        let finished = try state.withLock { (state) throws(TrailError) -> [(SegmentName, IndexColumns)] in
            var finished: [(SegmentName, IndexColumns)] = []
            while let batch = try state.follower.next() {
                if let open = state.open[batch.lane], open.segment != batch.segment {
                    finished.append(state.finish(open, of: batch.lane))
                }
                state.take(batch, trail)
            }
            for (lane, open) in state.open {
                guard let place = state.follower.position.places[lane], place.segment > open.segment else {
                    continue
                }
                finished.append(state.finish(open, of: lane))
            }
            return finished
        }
        for (name, columns) in finished { try keep(columns, of: name) }
    }

    /// The segments that there are now: those being written with their columns, the sealed ones with what is
    /// known of them.
    func snapshot() throws(TrailError) -> (open: [(SegmentName, IndexColumns)], sealed: [SealedSegment]) {
        try catchUp()
        return state.withLock { state in
            let open = state.open.map {
                (SegmentName(lane: $0.key, sequence: $0.value.segment), $0.value.columns)
            }
            let sealed =
                state.indexed.map { SealedSegment(name: $0.key, index: $0.value) }
                + state.pending.map { SealedSegment(name: $0, index: nil) }
            return (open, sealed)
        }
    }

    /// The index of a sealed segment, made when there is none or none to be believed.
    func index(of name: SegmentName) throws(TrailError) -> SegmentIndex {
        if let known = state.withLock({ $0.indexed[name] }) { return known }
        if let found = try files.index(of: name) {
            state.withLock { $0.know(found) }
            return found
        }
        return try build(name)
    }

    /// The columns of a sealed segment, from its index or, when that is damaged, made anew.
    func columns(
        _ wanted: [IndexColumns.Column],
        of index: SegmentIndex
    ) throws(TrailError) -> [[UInt32]] {
        if let columns = try files.columns(wanted, of: index) { return columns }
        let columns = try Self.read(index.name, in: directory, of: trail)
        try keep(columns, of: index.name)
        return wanted.map { columns[$0] }
    }

    /// Makes the index of a sealed segment anew, whatever there was.
    @discardableResult
    func build(_ name: SegmentName) throws(TrailError) -> SegmentIndex {
        try keep(try Self.read(name, in: directory, of: trail), of: name)
    }

    /// Keeps the index of a sealed segment; a disk that has no room for it is told of by ``maintain()``.
    @discardableResult
    private func keep(_ columns: IndexColumns, of name: SegmentName) throws(TrailError) -> SegmentIndex {
        // A segment without a digest is none that a writer left; verifying tells of it, and its index serves
        // until then.
        let end = try files.end(of: name) ?? SegmentEnd(bytes: 0, last: .zero, sealed: 0)
        let index = SegmentIndex(columns, of: name, endingIn: end, trail: trail)
        do throws(TrailError) {
            try files.write(columns, as: index)
            state.withLock { $0.know(index) }
        } catch {
            state.withLock { $0.failure = error }
        }
        return index
    }

    private static func read(
        _ name: SegmentName,
        in directory: TrailDirectory,
        of trail: TrailID
    ) throws(TrailError) -> IndexColumns {
        var columns = IndexColumns()
        var indexer = EventIndexer(trail)
        let lane = LaneFollower(
            lane: name.lane,
            directory: directory,
            place: TrailPosition.Place(segment: name.sequence, offset: 0, record: 0),
            blockBytes: 1 << 20
        )
        let end = TrailEnd(lane: name.lane, segment: name.sequence, length: nil, nextRecord: 0)
        while let batch = try lane.read(upTo: end) {
            batch.withEvents { event, json in columns.insert(indexer.row(of: json, at: event.offset)) }
        }
        return columns
    }
}

/// A sealed segment and its index, where that was found or made.
struct SealedSegment {
    let name: SegmentName
    let index: SegmentIndex?
}

extension TrailIndex.State {
    fileprivate mutating func take(_ batch: TrailBatch, _ trail: TrailID) {
        var index =
            open.removeValue(forKey: batch.lane)
            ?? TrailIndex.OpenIndex(segment: batch.segment, indexer: EventIndexer(trail))
        batch.withEvents { event, json in index.columns.insert(index.indexer.row(of: json, at: event.offset))
        }
        open[batch.lane] = index
    }

    /// Takes a segment out of those being written; until its index is kept it counts as one without.
    fileprivate mutating func finish(
        _ index: TrailIndex.OpenIndex,
        of lane: Int
    ) -> (SegmentName, IndexColumns) {
        let name = SegmentName(lane: lane, sequence: index.segment)
        open[lane] = nil
        pending.insert(name)
        return (name, index.columns)
    }

    fileprivate mutating func know(_ index: SegmentIndex) {
        pending.remove(index.name)
        indexed[index.name] = index
    }
}
