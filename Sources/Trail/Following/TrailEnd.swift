/// How far a lane's acknowledged records reach.
package struct TrailEnd: Hashable, Sendable {
    package let lane: Int
    /// The lane's last segment.
    package let segment: UInt64
    /// The bytes of its acknowledged records; nil once it is sealed and will not grow.
    package let length: Int?
    /// The number of the lane's next record.
    package let nextRecord: UInt64

    /// The place of the first record that is yet to come.
    var place: TrailPosition.Place {
        TrailPosition.Place(
            segment: length == nil ? segment + 1 : segment,
            offset: length ?? 0,
            record: nextRecord
        )
    }
}
