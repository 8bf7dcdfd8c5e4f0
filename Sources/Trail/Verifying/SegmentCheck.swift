/// Checks a segment record by record against its chain and its signature.
struct SegmentCheck {
    enum Outcome {
        case whole(SegmentSummary)
        /// The file was made, but its header was not written to its end.
        case unborn(tornBytes: Int)
    }

    private let name: SegmentName
    private let publicKey: TrailPublicKey
    private let trail: TrailID?
    private let previous: TrailHead.Position?
    private let watched: TrailHead.Position?

    private var summary: SegmentSummary?
    private var line = 0

    /// Prepares the check of one segment.
    ///
    /// `trail` is the trail it must belong to, where that is known; `previous` the digest of the segment
    /// before, nil for a lane's first; `watched` a record that must have this place and hash if the segment
    /// reaches it.
    init(
        name: SegmentName,
        publicKey: TrailPublicKey,
        trail: TrailID?,
        previous: TrailHead.Position?,
        watched: TrailHead.Position? = nil
    ) {
        self.name = name
        self.publicKey = publicKey
        self.trail = trail
        self.previous = previous
        self.watched = watched
    }

    /// Reads the whole file.
    ///
    /// - Throws: `TrailError.tampered` naming the file and the first record that is not as it was written.
    consuming func run(in directory: TrailDirectory) throws(TrailError) -> Outcome {
        let reader = try LineReader(path: directory.path(of: name), name: name.description)
        while let next = try reader.next() {
            line = reader.lineNumber
            do throws(TrailDamage) {
                try reader.buffer.withUnsafeBufferPointer { (buffer) throws(TrailDamage) in
                    let bytes = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[next.bytes]))
                    if next.isTerminated { try take(bytes) } else { try end(with: bytes) }
                }
            } catch {
                throw .tampered(error)
            }
            if !next.isTerminated, summary == nil { return .unborn(tornBytes: next.bytes.count) }
        }
        return summary.map { .whole($0) } ?? .unborn(tornBytes: 0)
    }

    private var expectedRecord: UInt64 {
        if let summary { return summary.position.record + 1 }
        return previous.map { $0.record + 1 } ?? 0
    }

    private var expectedHash: ChainHash { summary?.position.hash ?? previous?.hash ?? .zero }

    private func damage(_ kind: TrailDamage.Kind) -> TrailDamage {
        TrailDamage(file: name.description, line: line, record: expectedRecord, kind: kind)
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer) throws(TrailDamage) {
        guard summary?.isSealed != true else { throw damage(.afterDigest) }
        guard let record = TrailLine(bytes) else { throw damage(.malformedLine) }
        guard record.number == expectedRecord else { throw damage(.outOfOrder(found: record.number)) }
        guard record.follows(expectedHash, in: bytes) else { throw damage(.hashMismatch) }
        let position = TrailHead.Position(
            lane: name.lane,
            segment: name.sequence,
            record: record.number,
            hash: record.hash
        )
        switch (record.kind, summary == nil) {
        case (.header, true):
            let header = try header(in: record.text(in: bytes))
            summary = SegmentSummary(
                name: name,
                header: header,
                first: record.hash,
                position: position,
                length: 0
            )
        case (.event, false): summary?.events += 1
        case (.digest, false):
            let digest = try digest(in: record.text(in: bytes))
            summary?.digest = digest
        case (.header, false), (.event, true), (.digest, true): throw damage(.misplacedLine)
        }
        if let watched, watched.record == record.number, watched != position { throw damage(.headMismatch) }
        summary?.position = position
        summary?.length += bytes.count + 1
    }

    /// Takes what follows the last newline: the beginning of a record whose write did not end.
    private mutating func end(with bytes: UnsafeRawBufferPointer) throws(TrailDamage) {
        guard summary?.isSealed != true else { throw damage(.afterDigest) }
        // A write that was cut short ends before its newline: a whole record and one more byte is no such
        // write.
        let allButLast = UnsafeRawBufferPointer(rebasing: bytes.dropLast())
        if let record = TrailLine(allButLast), record.follows(expectedHash, in: allButLast) {
            throw damage(.newlineReplaced)
        }
        summary?.tornBytes = bytes.count
    }

    private func header(in text: UnsafeRawBufferPointer) throws(TrailDamage) -> SegmentHeader {
        guard let header = SegmentHeader(String(decoding: text, as: UTF8.self)) else {
            throw damage(.malformedLine)
        }
        guard trail == nil || header.trail == trail else { throw damage(.otherTrail) }
        guard header.name == name, header.previous == expectedHash else { throw damage(.headerMismatch) }
        return header
    }

    private func digest(in text: UnsafeRawBufferPointer) throws(TrailDamage) -> SegmentDigest {
        guard let summary,
            let (digest, signature) = SegmentDigest.read(String(decoding: text, as: UTF8.self))
        else { throw damage(.malformedLine) }
        let isOfSegment =
            digest.trail == summary.header.trail && digest.name == name && digest.events == summary.events
            && digest.first == summary.first && digest.last == summary.position.hash
            && digest.previous == summary.header.previous
        guard isOfSegment else { throw damage(.digestMismatch) }
        guard publicKey.isValid(signature, for: digest.signedText) else { throw damage(.badSignature) }
        return digest
    }
}
