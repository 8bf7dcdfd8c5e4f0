import struct Foundation.Date

/// The segment a lane is writing, up to its last whole record.
struct OpenSegment {
    let name: SegmentName
    let file: any TrailFile
    let opened: Date
    /// The header's hash.
    let first: ChainHash
    /// The hash of the digest before, or zeros.
    let previous: ChainHash
    /// The bytes of whole, acknowledged records; what lies beyond is dropped before anything is appended.
    var length: Int
    var events: UInt64
    /// Up to where the operating system was asked to bring bytes to the disk.
    var writtenBack = 0
    /// Set when bytes may lie beyond `length` that could not be dropped at once.
    var needsTruncation = false

    /// How many bytes gather before the disk is asked to take them, so that sealing finds little left to do.
    private static let writebackBytes = 4 << 20

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
        needsTruncation = false
    }

    /// Finds out whether so many more bytes would find room.
    mutating func reserve(_ count: Int) throws(SystemFailure) {
        try heal()
        do throws(SystemFailure) {
            try file.reserve(count, at: length)
        } catch {
            // The attempt may have lengthened the file.
            needsTruncation = true
            throw error
        }
    }

    /// Whether what a failed write left was dropped at once; if not, the next write drops it first, and the
    /// caller is told of the write's own failure.
    private func canTruncate() -> Bool {
        do throws(SystemFailure) {
            try file.truncate(to: length)
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
