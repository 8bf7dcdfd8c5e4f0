/// Events that stand one after another in a segment, as they were written.
package struct TrailBatch: Sendable {
    package struct Event: Sendable {
        /// The record's number in its lane.
        package let record: UInt64
        /// The byte of the segment at which the record's line begins.
        package let offset: Int
        /// Where the JSON stands in ``TrailBatch/bytes``.
        package let json: Range<Int>
    }

    package let lane: Int
    package let segment: UInt64
    /// Whole lines of the segment, headers and digests among them.
    package let bytes: [UInt8]
    package let events: [Event]
    /// Lines that are no records and were passed over, and records that are not where they should be.
    ///
    /// A follower does not verify the chain: that is ``TrailVerifier``'s work.
    package let damages: [TrailDamage]

    /// Calls `body` with each event's JSON, which holds for the time of the call.
    package func withEvents<Failure>(
        _ body: (Event, UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try bytes.withUnsafeBufferPointer { (all) throws(Failure) in
            let all = UnsafeRawBufferPointer(all)
            for event in events { try body(event, UnsafeRawBufferPointer(rebasing: all[event.json])) }
        }
    }
}
