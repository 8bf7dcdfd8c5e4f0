/// Checks lanes one after another and keeps what one lane says of the others.
struct LaneCheck {
    let directory: TrailDirectory
    let publicKey: TrailPublicKey
    /// Known from the published head or the first segment read.
    private(set) var trail: TrailID?
    /// A writer makes all its lanes before it takes an event: a segment with an event proves them.
    private(set) var lanesRequired = 0

    init(directory: TrailDirectory, publicKey: TrailPublicKey, trail: TrailID?) {
        self.directory = directory
        self.publicKey = publicKey
        self.trail = trail
    }

    /// Nil when the lane has no record yet.
    mutating func run(
        _ names: [SegmentName],
        watched: TrailHead.Position?
    ) throws(TrailError) -> TrailReport.Lane? {
        var summaries: [SegmentSummary] = []
        for (index, name) in names.enumerated() {
            guard name.sequence == UInt64(index) + 1 else {
                let missing = SegmentName(lane: name.lane, sequence: UInt64(index) + 1)
                throw .tampered(TrailDamage(file: missing.description, kind: .missingSegment))
            }
            if let last = summaries.last { try requireDigest(last) }
            let check = SegmentCheck(
                name: name,
                publicKey: publicKey,
                trail: trail,
                previous: summaries.last?.position,
                watched: watched
            )
            guard case .whole(let summary) = try check.run(in: directory) else {
                guard index == names.count - 1 else {
                    throw .tampered(TrailDamage(file: name.description, kind: .unsealed))
                }
                break
            }
            trail = summary.header.trail
            if summary.events > 0 { lanesRequired = max(lanesRequired, summary.header.lanes) }
            summaries.append(summary)
        }
        return try report(summaries, names: names, watched: watched)
    }

    private func report(
        _ summaries: [SegmentSummary],
        names: [SegmentName],
        watched: TrailHead.Position?
    ) throws(TrailError) -> TrailReport.Lane? {
        guard let last = summaries.last else { return nil }
        // A successor without a header was made only after its predecessor's digest was written.
        if summaries.count < names.count { try requireDigest(last) }
        if let watched, watched.record > last.position.record {
            throw .tampered(
                TrailDamage(file: last.name.description, record: last.position.record + 1, kind: .truncated)
            )
        }
        return TrailReport.Lane(
            lane: last.name.lane,
            segments: summaries.count,
            events: summaries.reduce(0) { $0 + $1.events },
            end: last.position,
            isSealed: last.isSealed,
            recovered: summaries.filter { $0.digest?.recovered == true }.map(\.name.description)
        )
    }

    private func requireDigest(_ summary: SegmentSummary) throws(TrailError) {
        guard !summary.isSealed else { return }
        throw .tampered(
            TrailDamage(
                file: summary.name.description,
                record: summary.position.record + 1,
                kind: .unsealed
            )
        )
    }
}
