import Glibc

/// A place in one lane, and the segment that is open there.
final class LaneFollower {
    private let lane: Int
    private let directory: TrailDirectory
    private let blockBytes: Int
    private var file: (segment: UInt64, descriptor: Int32)?
    /// What is to be told with the next batch.
    private var damages: [TrailDamage] = []
    private(set) var place: TrailPosition.Place

    init(lane: Int, directory: TrailDirectory, place: TrailPosition.Place, blockBytes: Int) {
        self.lane = lane
        self.directory = directory
        self.blockBytes = blockBytes
        self.place = place
    }

    deinit { closeFile() }

    /// The next whole lines before `end`; nil when there are none.
    func read(upTo end: TrailEnd) throws(TrailError) -> TrailBatch? {
        while place.segment <= end.segment {
            let isLast = place.segment == end.segment
            let limit = isLast ? end.length : nil
            if let limit, place.offset >= limit { return nil }
            guard let descriptor = try open() else {
                damages.append(damage(.missingSegment))
                place = TrailPosition.Place(segment: place.segment + 1, offset: 0, record: place.record)
                continue
            }
            let bytes = try lines(of: descriptor, limit: limit)
            if !bytes.isEmpty { return batch(bytes) }
            if limit != nil {
                // What was acknowledged is not there: verifying the trail tells what is missing.
                damages.append(damage(.truncated))
                place.offset = limit ?? place.offset
                break
            }
            closeFile()
            place.segment += 1
            place.offset = 0
        }
        guard !damages.isEmpty else { return nil }
        return batch([])
    }

    private var name: SegmentName { SegmentName(lane: lane, sequence: place.segment) }

    private func damage(_ kind: TrailDamage.Kind) -> TrailDamage {
        TrailDamage(file: name.description, record: place.record, kind: kind)
    }

    // MARK: Lines

    /// Whole lines from the place on; empty at the end.
    private func lines(of descriptor: Int32, limit: Int?) throws(TrailError) -> [UInt8] {
        var size = blockBytes
        while true {
            let count = limit.map { min(size, $0 - place.offset) } ?? size
            var block = try read(count, from: descriptor)
            if let newline = block.lastIndex(of: 0x0A) {
                block.removeSubrange((newline + 1)...)
                return block
            }
            guard block.count == size else { return [] }
            guard size <= LineReader.lineBytesMax else {
                // No writer makes such a line: it is passed over block by block until a newline comes.
                damages.append(damage(.lineTooLong))
                place.offset += block.count
                continue
            }
            size = min(size * 4, LineReader.lineBytesMax + 1)
        }
    }

    private func batch(_ bytes: [UInt8]) -> TrailBatch {
        var events: [TrailBatch.Event] = []
        events.reserveCapacity(bytes.count / 900)
        let segment = place.segment
        bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count, let newline = Self.newline(in: bytes, from: start) {
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<newline])
                if let record = TrailLine.prefix(of: line) {
                    if record.number != place.record {
                        damages.append(damage(.outOfOrder(found: record.number)))
                    }
                    if record.kind == .event {
                        events.append(
                            TrailBatch.Event(
                                record: record.number,
                                offset: place.offset,
                                json: (start + record.textStart)..<newline
                            )
                        )
                    }
                    place.record = record.number + 1
                } else {
                    damages.append(damage(.malformedLine))
                }
                place.offset += newline + 1 - start
                start = newline + 1
            }
        }
        defer { damages = [] }
        return TrailBatch(lane: lane, segment: segment, bytes: bytes, events: events, damages: damages)
    }

    private static func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    // MARK: Files

    /// The segment's file; nil when there is none.
    private func open() throws(TrailError) -> Int32? {
        if let file, file.segment == place.segment { return file.descriptor }
        closeFile()
        let path = directory.path(of: name)
        let opened = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if opened < 0, errno == ENOENT { return nil }
        guard opened >= 0 else { throw .unavailable(SystemFailure(.open, path, code: errno)) }
        file = (place.segment, opened)
        return opened
    }

    private func closeFile() {
        if let file { close(file.descriptor) }
        file = nil
    }

    /// Up to `count` bytes from the place on; fewer only at the file's end.
    private func read(_ count: Int, from descriptor: Int32) throws(TrailError) -> [UInt8] {
        var code: Int32 = 0
        let offset = place.offset
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            while filled < count {
                let rest = UnsafeMutableBufferPointer(rebasing: bytes[filled..<count])
                let got = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { code = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard code == 0 else {
            throw .unavailable(SystemFailure(.read, directory.path(of: name), code: code))
        }
        return bytes
    }
}
