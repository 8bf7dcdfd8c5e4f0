/// What a segment was found to hold.
struct SegmentSummary {
    let name: SegmentName
    let header: SegmentHeader
    /// The header's hash.
    let first: ChainHash
    var events: UInt64 = 0
    /// The last whole record.
    var position: TrailHead.Position
    /// The bytes of all whole records.
    var length: Int
    /// The bytes of an unfinished record after them.
    var tornBytes = 0
    var digest: SegmentDigest?

    var isSealed: Bool { digest != nil }
}
