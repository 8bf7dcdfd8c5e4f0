import Glibc
import Synchronization

import struct Foundation.Date

/// One lane's end of the chain and the segment it is writing.
struct LaneState {
    private let settings: LaneSettings
    /// The last record that was acknowledged; nil before the lane's first header.
    private(set) var position: TrailHead.Position?
    private let lane: Int
    private var segment: OpenSegment?
    private var isClosed = false
    /// Whether this lane is counted in `settings.failingLanes`.
    private var isFailing = false
    /// Set when a file of the next segment's name may have been left by an attempt that failed.
    private var hasLeftover = false
    /// Bytes of records that callers were promised room for.
    private var promised = 0
    /// Events of what was done already that could not be written in spite of their promise; they go first.
    private var owed: [[UInt8]] = []
    /// The lines of the batch being written; kept for its capacity.
    private var buffer: [UInt8] = []
    private(set) var statistics = TrailStatistics()

    private static let bufferKeptBytes = 1 << 20
    private static let probeBytes = 64 << 10
    /// What comes with a promise: the digest, which must find room too.
    private static let digestBytesMax = SpareSegment.lineBytesMax

    init(lane: Int, position: TrailHead.Position?, settings: LaneSettings) {
        self.lane = lane
        self.position = position
        self.settings = settings
    }

    /// How far the acknowledged records reach; nil before the lane's first header.
    var end: TrailEnd? {
        position.map {
            TrailEnd(lane: lane, segment: $0.segment, length: segment?.length, nextRecord: $0.record + 1)
        }
    }

    /// Takes room for records of so many bytes; it is kept until ``release(_:)``.
    mutating func promise(_ bytes: Int, now: Date) throws(TrailError) {
        guard !isClosed else { throw .closed }
        do throws(TrailError) {
            try rollIfDue(adding: bytes, now: now)
            if segment == nil { try open(now: now) }
            try reserve(promised + bytes)
        } catch {
            setFailing(true)
            throw error
        }
        promised += bytes
    }

    mutating func release(_ bytes: Int) {
        promised -= bytes
    }

    /// Appends the events in their order, all of them or none.
    ///
    /// `held` is what the caller was promised. Events under a promise tell of something that was done: what
    /// cannot be written all the same is kept, and written before anything else.
    mutating func append(_ events: [[UInt8]], held: Int = 0, now: Date) throws(TrailError) {
        guard !isClosed else { throw .closed }
        let bytes = try Self.size(of: events)
        do throws(TrailError) {
            if held == 0 { try rollIfDue(adding: bytes, now: now) }
            if segment == nil { try open(now: now) }
            // What others were promised is not for this caller.
            if promised > held { try reserve(bytes + promised - held) }
            try write(events)
        } catch {
            if held > 0 { owed += events }
            setFailing(true)
            statistics.failures += 1
            throw error
        }
        setFailing(false)
        statistics.events += UInt64(events.count)
    }

    /// Seals the segment if it is older than the limit, so that a lane without traffic gets its digest.
    mutating func sealIfAged(now: Date) throws(TrailError) {
        guard !isClosed, let segment, isAged(segment, now: now) else { return }
        do throws(TrailError) {
            try roll(now: now)
        } catch {
            setFailing(true)
            throw error
        }
    }

    /// Makes the first segment of a lane that has none.
    mutating func begin(now: Date) throws(TrailError) {
        guard position == nil else { return }
        try open(now: now)
    }

    /// Whether an append would find the file usable and room on the disk; asks the disk only after a failure.
    mutating func recheck(now: Date) -> Bool {
        guard !isClosed else { return false }
        guard isFailing else { return true }
        do throws(TrailError) {
            if segment == nil { try open(now: now) }
            try reserve(promised + Self.probeBytes)
            if !owed.isEmpty { try write([]) }
        } catch {
            // The reason was thrown to the append that failed first.
            return false
        }
        setFailing(false)
        return true
    }

    /// Seals the segment and refuses further events; what cannot be sealed now is sealed at the next start.
    mutating func close(now: Date) throws(TrailError) {
        guard !isClosed else { return }
        isClosed = true
        defer { segment = nil }
        if !owed.isEmpty { try write([]) }
        try seal(now: now)
    }

    private mutating func reserve(_ bytes: Int) throws(TrailError) {
        do throws(SystemFailure) {
            try segment?.reserve(bytes + Self.digestBytesMax)
        } catch {
            throw .unavailable(error)
        }
    }

    private mutating func setFailing(_ failing: Bool) {
        guard failing != isFailing else { return }
        isFailing = failing
        if failing {
            settings.failingLanes.add(1, ordering: .relaxed)
        } else {
            settings.failingLanes.subtract(1, ordering: .relaxed)
        }
    }

    private static func size(of events: [[UInt8]]) throws(TrailError) -> Int {
        var bytes = 0
        for event in events {
            guard !event.isEmpty, event.count <= TrailLimits.eventBytesMax, !hasNewline(event) else {
                throw .invalidEvent
            }
            bytes += event.count + TrailLine.overheadMax
        }
        return bytes
    }

    private static func hasNewline(_ event: [UInt8]) -> Bool {
        event.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, 0x0A, bytes.count) != nil } ?? false
        }
    }

    // MARK: Segments

    private mutating func rollIfDue(adding bytes: Int, now: Date) throws(TrailError) {
        guard let segment, segment.events > 0 else { return }
        guard segment.length + bytes > settings.limits.segmentBytesMax || isAged(segment, now: now) else {
            return
        }
        try roll(now: now)
    }

    /// Ends the segment, so that the next append begins another.
    ///
    /// While somebody was promised room, the next segment is made first, with that room, and the old one goes
    /// on when the disk has none.
    private mutating func roll(now: Date) throws(TrailError) {
        guard promised > 0, let position else { return try seal(now: now) }
        let spare: SpareSegment
        do throws(SystemFailure) {
            spare = try SpareSegment(
                for: SegmentName(lane: lane, sequence: position.segment + 1),
                room: promised + Self.digestBytesMax,
                in: settings.directory,
                of: settings.fileSystem
            )
        } catch {
            // Segments may be longer or older than the limit says; promises are kept.
            return
        }
        try seal(now: now)
        try open(spare, now: now)
    }

    private func isAged(_ segment: OpenSegment, now: Date) -> Bool {
        segment.events > 0 && now.timeIntervalSince(segment.opened) >= settings.limits.segmentAge
    }

    private mutating func write(_ events: [[UInt8]]) throws(TrailError) {
        guard let start = position else { return }
        var hash = start.hash
        var record = start.record
        buffer.removeAll(keepingCapacity: buffer.capacity <= Self.bufferKeptBytes)
        for event in owed.isEmpty ? events : owed + events {
            record += 1
            hash = event.withUnsafeBytes {
                LineEncoder.append($0, kind: .event, number: record, after: hash, to: &buffer)
            }
        }
        do throws(SystemFailure) {
            try segment?.write(buffer, synchronizing: settings.durability == .disk)
        } catch {
            throw .unavailable(error)
        }
        segment?.events += UInt64(owed.count + events.count)
        statistics.bytes += UInt64(buffer.count)
        owed = []
        position = TrailHead.Position(lane: lane, segment: start.segment, record: record, hash: hash)
        if settings.durability == .operatingSystem { segment?.startWriteback() }
    }

    private mutating func seal(now: Date) throws(TrailError) {
        guard let position else { return }
        let sealed = try segment?.seal(at: position, of: settings.trail, by: settings.signer, now: now)
        self.position = sealed ?? position
        if segment != nil {
            statistics.sealedSegments += 1
            statistics.lastSealed = now
        }
        segment = nil
    }

    /// Begins the next segment, in a new file or in the one made ahead.
    private mutating func open(_ spare: SpareSegment? = nil, now: Date) throws(TrailError) {
        let name = SegmentName(lane: lane, sequence: (position?.segment ?? 0) + 1)
        let header = SegmentHeader(
            trail: settings.trail,
            name: name,
            lanes: settings.lanes,
            created: EventTime.text(now),
            previous: position?.hash ?? .zero
        )
        let record = position.map { $0.record + 1 } ?? 0
        var line: [UInt8] = []
        let hash = LineEncoder.append(
            header.text,
            kind: .header,
            number: record,
            after: header.previous,
            to: &line
        )
        do throws(SystemFailure) {
            var opened =
                if let spare { try begin(spare, header: line) } else { try create(name, header: line) }
            opened.opened = now
            opened.first = hash
            opened.previous = header.previous
            segment = opened
        } catch {
            throw .unavailable(error)
        }
        position = TrailHead.Position(lane: lane, segment: name.sequence, record: record, hash: hash)
    }

    /// A new file with its header, on the disk with its name; nothing of it is left when it throws, or what
    /// is left is removed by the next attempt.
    private mutating func create(
        _ name: SegmentName,
        header: [UInt8]
    ) throws(SystemFailure) -> OpenSegment {
        let path = settings.directory.path(of: name)
        if hasLeftover {
            try settings.fileSystem.remove(at: path)
            hasLeftover = false
        }
        let file = try settings.fileSystem.create(at: path)
        hasLeftover = true
        var fresh = OpenSegment(name: name, file: file, length: 0)
        do throws(SystemFailure) {
            try fresh.write(header, synchronizing: true)
            try settings.fileSystem.synchronizeDirectory(at: settings.directory.path)
        } catch {
            try settings.fileSystem.remove(at: path)
            hasLeftover = false
            throw error
        }
        hasLeftover = false
        return fresh
    }

    private mutating func begin(
        _ spare: SpareSegment,
        header: [UInt8]
    ) throws(SystemFailure) -> OpenSegment {
        hasLeftover = true
        let fresh = try spare.begin(with: header, in: settings.directory, of: settings.fileSystem)
        hasLeftover = false
        return fresh
    }
}
