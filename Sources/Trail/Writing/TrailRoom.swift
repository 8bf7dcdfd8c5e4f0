import struct Foundation.Date

/// Room on the disk for events to come: while it is held, a full disk does not keep them from being recorded.
///
/// It is given back when the last reference to it goes. One caller uses it, and for one batch.
package final class TrailRoom: Sendable {
    let lane: Lane
    let bytes: Int

    /// Takes the room, or throws when the disk has none.
    init(of bytes: Int, in lane: Lane, now: Date) throws(TrailError) {
        // First of all: an object that is whole when its initializer throws is deinitialized too, and would
        // give back what it did not get.
        try lane.promise(bytes, now: now)
        self.lane = lane
        self.bytes = bytes
    }

    deinit { lane.release(bytes) }
}
