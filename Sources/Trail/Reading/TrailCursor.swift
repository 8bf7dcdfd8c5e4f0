/// A place in the merged events of all lanes.
package final class TrailCursor {
    private let lanes: [LaneCursor]
    private let order: TrailReader.Order
    /// Each lane's next event; nil when the lane is at its end.
    private var heads: [TrailEntry?]?

    init(lanes: [LaneCursor], order: TrailReader.Order) {
        self.lanes = lanes
        self.order = order
    }

    /// The next event; nil after the last.
    ///
    /// - Throws: `TrailError.tampered` for a line that is no record; `.unavailable`.
    package func next() throws(TrailError) -> TrailEntry? {
        var heads: [TrailEntry?]
        if let loaded = self.heads { heads = loaded } else { heads = try loadHeads() }
        defer { self.heads = heads }
        var chosen: Int?
        for (index, head) in heads.enumerated() {
            guard let head else { continue }
            guard let best = chosen.flatMap({ heads[$0] }) else {
                chosen = index
                continue
            }
            if order == .oldestFirst ? head.time < best.time : head.time > best.time { chosen = index }
        }
        guard let chosen else { return nil }
        let entry = heads[chosen]
        heads[chosen] = nil
        heads[chosen] = try lanes[chosen].next()
        return entry
    }

    private func loadHeads() throws(TrailError) -> [TrailEntry?] {
        var heads: [TrailEntry?] = []
        for lane in lanes { heads.append(try lane.next()) }
        return heads
    }
}
