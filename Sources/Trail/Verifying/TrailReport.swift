/// What a trail that is intact holds.
package struct TrailReport: Equatable, Sendable {
    package struct Lane: Equatable, Sendable {
        package let lane: Int
        package let segments: Int
        package let events: UInt64
        /// The last whole record.
        package let end: TrailHead.Position
        /// False while a writer has the last segment open, or after a writer that was killed.
        package let isSealed: Bool
        /// The files that a later start sealed.
        package let recovered: [String]
    }

    /// Nil when the directory holds no record yet.
    package let trail: TrailID?
    /// In the order of their numbers.
    package let lanes: [Lane]

    package var events: UInt64 { lanes.reduce(0) { $0 + $1.events } }
    package var segments: Int { lanes.reduce(0) { $0 + $1.segments } }
}
