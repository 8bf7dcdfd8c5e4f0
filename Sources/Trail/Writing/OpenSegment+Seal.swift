import struct Foundation.Date

extension OpenSegment {
    /// Appends the signed digest and returns its place once the whole segment is on the disk.
    ///
    /// When it throws, the segment is as it was and can be sealed later.
    mutating func seal(
        at position: TrailHead.Position,
        of trail: TrailID,
        by signer: TrailSigner,
        now: Date,
        recovered: Bool = false,
        tornBytes: Int = 0
    ) throws(TrailError) -> TrailHead.Position {
        let digest = SegmentDigest(
            trail: trail,
            name: name,
            events: events,
            first: first,
            last: position.hash,
            previous: previous,
            sealed: EventTime.text(now),
            recovered: recovered,
            tornBytes: tornBytes
        )
        let text = digest.text(signedWith: try signer.sign(digest.signedText))
        var line: [UInt8] = []
        let hash = LineEncoder.append(
            text,
            kind: .digest,
            number: position.record + 1,
            after: position.hash,
            to: &line
        )
        do throws(SystemFailure) {
            try write(line, synchronizing: true)
        } catch {
            throw .unavailable(error)
        }
        do throws(SystemFailure) {
            try releaseReserve()
        } catch {
            // The segment is whole and sealed; only room that nobody needs stays with it.
        }
        return TrailHead.Position(
            lane: name.lane,
            segment: name.sequence,
            record: position.record + 1,
            hash: hash
        )
    }
}
