package import struct Foundation.Date

/// One audit event with its place in the trail.
package struct TrailEntry: Sendable {
    package let lane: Int
    package let segment: UInt64
    /// The record's number in its lane.
    package let record: UInt64
    /// The event's `eventTime`; where an event has none, the time of the one read before it.
    package let time: Date
    /// The event's JSON.
    package let json: [UInt8]
}
