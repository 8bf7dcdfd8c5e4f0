/// An event with the room that was taken for it before what it tells of was done.
package struct PromisedEvent: Sendable {
    /// One line of JSON.
    let event: [UInt8]
    let room: TrailRoom

    package init(_ event: [UInt8], in room: TrailRoom) {
        self.event = event
        self.room = room
    }
}

extension TrailWriter {
    /// Appends events in the rooms taken for them, each in its room's lane and those of one lane with one write.
    ///
    /// - Throws: the first failure, as ``append(_:lane:)``, after all were tried. Those that could not be written are
    ///   kept and written before all others; one that is no event keeps no other from being written.
    package func append(_ events: [PromisedEvent]) throws(TrailError) {
        var failure: TrailError?
        var rest = events
        while let first = rest.first {
            let batch = rest.filter { $0.room.lane === first.room.lane }
            do throws(TrailError) {
                try append(batch, to: first.room.lane)
            } catch {
                failure = failure ?? error
            }
            rest.removeAll { $0.room.lane === first.room.lane }
        }
        if let failure { throw failure }
    }

    private func append(_ batch: [PromisedEvent], to lane: Lane) throws(TrailError) {
        do throws(TrailError) {
            // Given back any earlier, the room could be promised to another while this event goes into it.
            try withExtendedLifetime(batch) { (batch) throws(TrailError) in
                let held = batch.reduce(0) { $0 + $1.room.bytes }
                try lane.append(batch.map(\.event), held: held, now: now())
            }
        } catch .invalidEvent where batch.count > 1 {
            for one in batch { try? append([one], to: lane) }
            throw .invalidEvent
        }
    }
}
