package import struct Foundation.TimeInterval

/// When a segment ends.
package struct TrailLimits: Hashable, Sendable {
    /// The most bytes of one event's JSON.
    package static let eventBytesMax = 1 << 20
    /// The most lanes a trail may have.
    package static let lanesMax = SegmentName.laneMax + 1

    /// A segment that would grow beyond this many bytes is sealed and another begun; a single batch that is
    /// larger still goes into a segment of its own.
    package var segmentBytesMax: Int
    /// A segment older than this many seconds is sealed, so that a quiet lane gets its digests too.
    package var segmentAge: TimeInterval

    package init(segmentBytesMax: Int = 64 << 20, segmentAge: TimeInterval = 86_400) {
        self.segmentBytesMax = segmentBytesMax
        self.segmentAge = segmentAge
    }
}
