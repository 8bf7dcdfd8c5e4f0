import struct Foundation.Date

/// What a writer finds in a trail's directory: the end of every lane, after what was left open is sealed.
struct TrailStart {
    let trail: TrailID
    private(set) var ends: [Int: TrailHead.Position] = [:]
    private(set) var recoveries: [TrailRecovery] = []

    /// Checks the last segment of every lane whole and the digest before it, and seals what is unsealed.
    ///
    /// - Throws: `TrailError.tampered`, and nothing was changed, when a lane ends in anything but whole
    ///   records and perhaps one unfinished record.
    init(
        directory: TrailDirectory,
        signer: TrailSigner,
        fileSystem: any TrailFileSystem,
        now: Date
    ) throws(TrailError) {
        try directory.removeSpares(fileSystem)
        var trail: TrailID?
        var tails: [LaneTail] = []
        for (lane, names) in try directory.segments().sorted(by: { $0.key < $1.key }) {
            let tail = try LaneTail(lane: lane, names: names, in: directory, publicKey: signer.publicKey)
            if let id = tail.segment?.header.trail {
                guard trail == nil || trail == id else {
                    throw .tampered(TrailDamage(file: names[names.count - 1].description, kind: .otherTrail))
                }
                trail = id
            }
            tails.append(tail)
        }
        self.trail = trail ?? .random()
        for tail in tails {
            try recover(tail, in: directory, signer: signer, fileSystem: fileSystem, now: now)
        }
    }

    private mutating func recover(
        _ tail: LaneTail,
        in directory: TrailDirectory,
        signer: TrailSigner,
        fileSystem: any TrailFileSystem,
        now: Date
    ) throws(TrailError) {
        if let unborn = tail.unborn {
            do throws(SystemFailure) {
                try fileSystem.remove(at: directory.path(of: unborn.name))
                try fileSystem.synchronizeDirectory(at: directory.path)
            } catch {
                throw .unavailable(error)
            }
            recoveries.append(
                TrailRecovery(
                    file: unborn.name.description,
                    tornBytes: unborn.tornBytes,
                    isSealed: false
                )
            )
        }
        guard let segment = tail.segment else { return }
        ends[tail.lane] = segment.position
        guard !segment.isSealed else { return }
        var open: OpenSegment
        do throws(SystemFailure) {
            open = OpenSegment(
                name: segment.name,
                file: try fileSystem.open(at: directory.path(of: segment.name)),
                opened: now,
                first: segment.first,
                previous: segment.header.previous,
                length: segment.length,
                events: segment.events
            )
        } catch {
            throw .unavailable(error)
        }
        open.needsTruncation = segment.tornBytes > 0
        ends[tail.lane] = try open.seal(
            at: segment.position,
            of: trail,
            by: signer,
            now: now,
            recovered: true,
            tornBytes: segment.tornBytes
        )
        recoveries.append(
            TrailRecovery(
                file: segment.name.description,
                tornBytes: segment.tornBytes,
                isSealed: true
            )
        )
    }
}
