/// Finds any changed, dropped, moved or repeated record of a trail, by its chain, its signatures and a head.
///
/// Records cut from the very end of a lane can only be missed by one who knows of them: give a ``TrailHead``
/// that was published before. A directory that a writer is writing to can be verified too; its unsealed last
/// segments are checked by their chain alone.
package enum TrailVerifier {
    /// Reads every segment in a trail's own directory and answers what it holds.
    ///
    /// An expected head is one that the trail must hold or have grown beyond.
    ///
    /// - Throws: `TrailError.tampered` naming the file and record of the first damage; `.forgedHead` when the
    ///   head is not signed by `publicKey`; `.unavailable` when a file cannot be read.
    package static func verify(
        directory path: String,
        publicKey: TrailPublicKey,
        expectedHead: TrailHead? = nil
    ) throws(TrailError) -> TrailReport {
        if let expectedHead, !expectedHead.isSigned(by: publicKey) { throw .forgedHead }
        let directory = TrailDirectory(path: path)
        let names = try directory.segments()
        var check = LaneCheck(directory: directory, publicKey: publicKey, trail: expectedHead?.trail)
        var lanes: [TrailReport.Lane] = []
        for (lane, segments) in names.sorted(by: { $0.key < $1.key }) {
            let watched = expectedHead?.lanes.first { $0.lane == lane }
            if let report = try check.run(segments, watched: watched) { lanes.append(report) }
        }
        let present = Set(lanes.map(\.lane))
        let expected = Set(0..<check.lanesRequired).union(expectedHead?.lanes.map(\.lane) ?? [])
        if let missing = expected.subtracting(present).min() {
            let first = SegmentName(lane: missing, sequence: 1)
            throw .tampered(TrailDamage(file: first.description, kind: .missingLane))
        }
        return TrailReport(trail: check.trail, lanes: lanes)
    }
}
