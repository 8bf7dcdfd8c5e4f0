/// The end of a lane as a stopped writer left it.
struct LaneTail {
    let lane: Int
    /// The last segment with a header; nil when the lane has none.
    private(set) var segment: SegmentSummary?
    /// A file made for a segment whose header was not written to its end.
    private(set) var unborn: (name: SegmentName, tornBytes: Int)?

    init(
        lane: Int,
        names: [SegmentName],
        in directory: TrailDirectory,
        publicKey: TrailPublicKey
    ) throws(TrailError) {
        self.lane = lane
        for (earlier, later) in zip(names, names.dropFirst()) where earlier.next != later {
            throw .tampered(TrailDamage(file: earlier.next.description, kind: .missingSegment))
        }
        guard let last = names.last else { return }
        let earlier = try Self.digest(before: last, in: names, directory: directory, publicKey: publicKey)
        let check = SegmentCheck(
            name: last,
            publicKey: publicKey,
            trail: earlier?.trail,
            previous: earlier?.end
        )
        switch try check.run(in: directory) {
        case .whole(let summary):
            segment = summary
        case .unborn(let tornBytes):
            unborn = (last, tornBytes)
            guard let name = names.dropLast().last else { return }
            segment = try Self.sealedSegment(name, in: names, directory: directory, publicKey: publicKey)
        }
    }

    /// The segment before one that has no header yet: checked whole, and sealed as its successor proves.
    private static func sealedSegment(
        _ name: SegmentName,
        in names: [SegmentName],
        directory: TrailDirectory,
        publicKey: TrailPublicKey
    ) throws(TrailError) -> SegmentSummary {
        let earlier = try digest(before: name, in: names, directory: directory, publicKey: publicKey)
        let check = SegmentCheck(
            name: name,
            publicKey: publicKey,
            trail: earlier?.trail,
            previous: earlier?.end
        )
        guard case .whole(let summary) = try check.run(in: directory), summary.isSealed else {
            throw .tampered(TrailDamage(file: name.description, kind: .unsealed))
        }
        return summary
    }

    /// Where the segment before `name` ended by its digest; nil when `name` is the lane's first.
    private static func digest(
        before name: SegmentName,
        in names: [SegmentName],
        directory: TrailDirectory,
        publicKey: TrailPublicKey
    ) throws(TrailError) -> (trail: TrailID, end: TrailHead.Position)? {
        guard name.sequence > 1 else { return nil }
        let earlier = SegmentName(lane: name.lane, sequence: name.sequence - 1)
        guard names.contains(earlier) else {
            throw .tampered(TrailDamage(file: earlier.description, kind: .missingSegment))
        }
        let reader = try ReverseLineReader(path: directory.path(of: earlier), name: earlier.description)
        let bytes = try reader.nextLine() ?? []
        let found = bytes.withUnsafeBytes { bytes -> (SegmentDigest, TrailSignature, TrailLine)? in
            guard let line = TrailLine(bytes), line.kind == .digest,
                let (digest, signature) = SegmentDigest.read(
                    String(decoding: line.text(in: bytes), as: UTF8.self)
                ),
                line.follows(digest.last, in: bytes)
            else { return nil }
            return (digest, signature, line)
        }
        guard let (digest, signature, line) = found else {
            throw .tampered(TrailDamage(file: earlier.description, kind: .unsealed))
        }
        guard digest.name == earlier, publicKey.isValid(signature, for: digest.signedText) else {
            throw .tampered(TrailDamage(file: earlier.description, record: line.number, kind: .badSignature))
        }
        let end = TrailHead.Position(
            lane: name.lane,
            segment: earlier.sequence,
            record: line.number,
            hash: line.hash
        )
        return (digest.trail, end)
    }
}
