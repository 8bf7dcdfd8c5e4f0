/// Hands out a trail's events as they are written, each at least once.
///
/// It reads the segment files up to what their writer acknowledged, so that an event whose write failed is never
/// seen. Asking for more when there is none costs a lock a lane and no system call: a few times a second is
/// cheap. The events of one lane come in their order; lanes take turns.
///
/// ```swift
/// while let batch = try follower.next() { … }
/// try bookmark.save(follower.position)   // after what was done with the events is durable
/// ```
package final class TrailFollower {
    private let directory: TrailDirectory
    private let ends: @Sendable () -> [TrailEnd]
    private let blockBytes: Int
    private var lanes: [Int: LaneFollower] = [:]
    /// The lanes that may hold more, the next to be read last.
    private var turns: [TrailEnd] = []

    /// What was handed out so far; kept durably, it is where a later follower goes on.
    package private(set) var position: TrailPosition

    /// Follows the trail of a running writer from a place; nil is the trail's beginning.
    ///
    /// - Throws: `TrailError.invalidPosition` when the place is of another trail.
    package convenience init(
        _ writer: TrailWriter,
        from position: TrailPosition? = nil,
        blockBytes: Int = 256 << 10
    ) throws(TrailError) {
        try self.init(
            directory: writer.directory,
            trail: writer.trail,
            from: position,
            blockBytes: blockBytes
        ) { writer.ends }
    }

    init(
        directory: TrailDirectory,
        trail: TrailID,
        from position: TrailPosition?,
        blockBytes: Int,
        ends: @escaping @Sendable () -> [TrailEnd]
    ) throws(TrailError) {
        let position = position ?? TrailPosition(beginningOf: trail)
        guard position.trail == trail else { throw .invalidPosition }
        self.directory = directory
        self.ends = ends
        self.blockBytes = max(blockBytes, 1_024)
        self.position = position
    }

    /// The next events of one lane; nil when all that was acknowledged has been handed out.
    ///
    /// A line that is damaged is passed over and told in the batch, which may then hold no event. After a
    /// failure the next call tries the same place again.
    ///
    /// - Throws: `TrailError.unavailable` when a file cannot be read.
    package func next() throws(TrailError) -> TrailBatch? {
        if turns.isEmpty { turns = ends().reversed() }
        while let end = turns.last {
            let lane = lane(end.lane)
            let batch = try lane.read(upTo: end)
            position.places[end.lane] = lane.place
            // Each lane gives a block, and the others have their turn.
            turns.removeLast()
            if let batch { return batch }
            if turns.isEmpty, !hasMore() { return nil }
        }
        return nil
    }

    /// Passes over everything that was acknowledged until now, without reading it.
    package func skipToEnd() {
        turns = []
        for end in ends() {
            let place = end.place
            position.places[end.lane] = place
            lanes[end.lane] = nil
        }
    }

    private func lane(_ number: Int) -> LaneFollower {
        if let lane = lanes[number] { return lane }
        let lane = LaneFollower(
            lane: number,
            directory: directory,
            place: position.places[number] ?? .beginning,
            blockBytes: blockBytes
        )
        lanes[number] = lane
        return lane
    }

    /// Asks the writer again, now that every lane had its turn.
    private func hasMore() -> Bool {
        turns = ends().filter { end in
            let place = position.places[end.lane] ?? .beginning
            guard place.segment <= end.segment else { return false }
            return place.segment < end.segment || end.length.map { place.offset < $0 } ?? true
        }.reversed()
        return !turns.isEmpty
    }
}
