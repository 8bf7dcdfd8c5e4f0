package import struct Foundation.Date

/// What a writer, or one of its lanes, has done so far.
package struct TrailStatistics: Hashable, Sendable {
    /// Events that were acknowledged.
    package var events: UInt64 = 0
    /// Bytes of those events in the files, what the chain adds to each included.
    package var bytes: UInt64 = 0
    /// Appends that were refused because the files could not be written.
    package var failures: UInt64 = 0
    package var sealedSegments: UInt64 = 0
    /// When a segment was last sealed; nil when none was.
    package var lastSealed: Date?
    /// Lanes that could not be written when last tried.
    package var failingLanes = 0

    mutating func add(_ other: TrailStatistics) {
        events += other.events
        bytes += other.bytes
        failures += other.failures
        sealedSegments += other.sealedSegments
        failingLanes += other.failingLanes
        guard let date = other.lastSealed else { return }
        lastSealed = lastSealed.map { max($0, date) } ?? date
    }
}
