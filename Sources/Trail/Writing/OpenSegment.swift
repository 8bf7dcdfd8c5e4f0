import struct Foundation.Date

/// The segment a lane is writing, up to its last whole record.
struct OpenSegment {
    let name: SegmentName
    let file: any TrailFile
    var opened = Date.distantPast
    /// The header's hash.
    var first = ChainHash.zero
    /// The hash of the digest before, or zeros.
    var previous = ChainHash.zero
    /// The bytes of whole, acknowledged records; what lies beyond is dropped before anything is appended.
    var length: Int
    var events: UInt64 = 0
    /// Up to where the operating system was asked to bring bytes to the disk.
    var writtenBack = 0
    /// Up to where room on the disk was taken for records to come; nothing when it is below `length`.
    var reservedEnd = 0
    /// Set when bytes may lie beyond `length` that could not be dropped at once.
    var needsTruncation = false

    /// How many bytes gather before the disk is asked to take them, so that sealing finds little left to do.
    private static let writebackBytes = 4 << 20
    /// How much more room is taken than was asked for, so that few records need a system call of their own.
    private static let reservedAheadBytes = 128 << 10
    /// Room ends where a page ends, whatever the size of pages.
    private static let reserveUnit = 64 << 10

    /// Appends bytes whole or not at all.
    ///
    /// When it throws, the file ends where it did, or is truncated to that length before the next write.
    mutating func write(_ bytes: [UInt8], synchronizing: Bool) throws(SystemFailure) {
        try heal()
        do throws(SystemFailure) {
            try bytes.withUnsafeBufferPointer { (all) throws(SystemFailure) in
                try Self.writeAll(UnsafeRawBufferPointer(all), to: file)
            }
            if synchronizing { try file.synchronize() }
        } catch {
            needsTruncation = !canTruncate()
            throw error
        }
        length += bytes.count
    }

    /// Drops what a failed write left.
    mutating func heal() throws(SystemFailure) {
        guard needsTruncation else { return }
        try file.truncate(to: length)
        reservedEnd = length
        needsTruncation = false
    }

    /// Takes room on the disk so that so many more bytes can be written whatever becomes of the disk.
    mutating func reserve(_ count: Int) throws(SystemFailure) {
        try heal()
        guard length + count > reservedEnd else { return }
        do throws(SystemFailure) {
            try reserve(upTo: length + count + Self.reservedAheadBytes)
        } catch {
            guard error.code == SystemFailure.noSpace else { throw error }
            try reserve(upTo: length + count)
        }
    }

    /// Takes room behind what was taken before, and never over it: where the disk is full, tmpfs gives back all
    /// of the range that was asked for, also pages that it had given earlier.
    private mutating func reserve(upTo end: Int) throws(SystemFailure) {
        let start = max(length, reservedEnd)
        let end = (end + Self.reserveUnit - 1) / Self.reserveUnit * Self.reserveUnit
        try file.reserve(end - start, at: start)
        reservedEnd = end
    }

    /// Gives back room that no record needed; it is of no use behind the digest.
    mutating func releaseReserve() throws(SystemFailure) {
        guard reservedEnd > length else { return }
        try file.truncate(to: length)
        reservedEnd = length
    }

    /// Whether what a failed write left was dropped at once; if not, the next write drops it first, and the
    /// caller is told of the write's own failure.
    private mutating func canTruncate() -> Bool {
        do throws(SystemFailure) {
            try file.truncate(to: length)
            reservedEnd = length
            return true
        } catch {
            return false
        }
    }

    mutating func startWriteback() {
        guard length - writtenBack >= Self.writebackBytes else { return }
        file.startWriteback(of: length - writtenBack, at: writtenBack)
        writtenBack = length
    }

    private static func writeAll(
        _ bytes: UnsafeRawBufferPointer,
        to file: any TrailFile
    ) throws(SystemFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let written: Int
            do throws(SystemFailure) {
                written = try file.write(rest)
            } catch {
                if error.code == SystemFailure.interrupted { continue }
                throw error
            }
            guard written > 0 else { throw SystemFailure(.write, file.path, code: SystemFailure.noSpace) }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}
