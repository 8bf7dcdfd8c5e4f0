package import struct Foundation.Date
package import struct Foundation.TimeInterval

/// Reads the events of a trail in the order of their times, in memory bounded by one event a lane.
///
/// It does not verify the chain: that is ``TrailVerifier``'s work. It can read while a writer writes, and
/// gives what had been written when it came to the end of a lane.
package struct TrailReader: Sendable {
    /// Which way to read.
    package enum Order: Sendable {
        case oldestFirst
        case newestFirst
    }

    /// How far an event's time may lie outside the times at which its segment was begun and sealed; within a
    /// lane events stand in the order in which they ended, so that a long call stands after shorter ones that
    /// began later.
    package static let timeSlack: TimeInterval = 3_600

    private let directory: TrailDirectory

    /// - Parameter directory: the trail's own directory.
    package init(directory: String) {
        self.directory = TrailDirectory(path: directory)
    }

    /// The events from one time through another, both inclusive; nil is no bound.
    ///
    /// The lanes are merged by the times of their next events; a lane's own order is kept.
    package func events(
        _ order: Order = .oldestFirst,
        from: Date? = nil,
        through: Date? = nil
    ) throws(TrailError) -> TrailCursor {
        var lanes: [LaneCursor] = []
        for (_, names) in try directory.segments().sorted(by: { $0.key < $1.key }) {
            lanes.append(
                LaneCursor(directory: directory, names: names, order: order, from: from, through: through)
            )
        }
        return TrailCursor(lanes: lanes, order: order)
    }
}
