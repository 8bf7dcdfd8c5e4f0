import Glibc

/// The log beside a SQLite file, as a process that was killed left it.
///
/// SQLite takes a damaged log for one that a crash cut off: it forgets what comes after the damage without a
/// word, though that was committed and acknowledged. How far the log must reach is told by the index beside it
/// (`-shm`), which a writer changes only after the log is on the disk. So an index that says more than a log of
/// the same generation holds is proof of damage. An index may be stale after a loss of power, when it was never
/// brought to the disk: it says nothing of a log of another generation, and of one without a header, or of none
/// at all, only if the machine has not been started since.
///
/// Formats: SQLite, "Database File Format", section 4, and "WAL-mode File Format", sections 2.1 and 2.3.
struct WriteAheadLog {
    private let path: String
    private let indexPath: String

    /// The log beside the SQLite file at a path.
    init(of path: String) {
        self.path = path + "-wal"
        indexPath = path + "-shm"
    }

    /// Refuses a log that does not hold what was committed.
    ///
    /// Must be asked before SQLite opens the file, which writes the index anew. Another process may have it
    /// open and go on writing meanwhile.
    ///
    /// - Throws: `.corrupted` naming the log.
    func check() throws(StorageError) {
        while let promised = try index(), promised.framesBehindFile > 0 {
            guard let found = try wholeFrames(of: promised), found < promised.frames else { return }
            // Another process may have begun the log anew while it was read; then it wrote the index first.
            guard try index() == promised else { continue }
            throw .corrupted(
                .file(
                    path: path,
                    reason: "\(promised.frames) pages were committed to it and \(found) of them are whole; "
                        + "restore a backup, or remove \(indexPath) to go on without the rest"
                )
            )
        }
    }

    /// What the index says of the log.
    private struct Index: Equatable {
        let frames: Int
        let salts: [UInt8]
        /// Pages of the log that are not in the main file yet, so that they are nowhere else.
        let framesBehindFile: Int
        let pageSize: Int

        private static let copyBytes = 48

        /// Nil when it is no index that a writer left whole.
        init?(_ bytes: [UInt8]) {
            guard bytes.count >= 2 * Self.copyBytes + 4 else { return nil }
            let copy = bytes[..<Self.copyBytes]
            guard copy.elementsEqual(bytes[Self.copyBytes..<2 * Self.copyBytes]), bytes[12] == 1,
                bytes.word(at: 0, isBigEndian: false) == 3_007_000
            else { return nil }
            // Written in the machine's own order, which is little-endian wherever this program runs.
            let sum = LogChecksum().adding(bytes[..<40], isBigEndian: false)
            guard sum.matches(bytes, at: 40, isBigEndian: false) else { return nil }
            frames = Int(bytes.word(at: 16, isBigEndian: false))
            salts = Array(bytes[32..<40])
            let size = Int(bytes[14]) | Int(bytes[15]) << 8
            pageSize = size == 1 ? 65_536 : size
            framesBehindFile = frames - Int(bytes.word(at: 2 * Self.copyBytes, isBigEndian: false))
        }
    }

    private func index() throws(StorageError) -> Index? {
        guard let file = try ReadOnlyFile(indexPath) else { return nil }
        return Index(try file.read(128))
    }

    /// How many frames at the log's beginning are whole; nil when the index does not speak of this log.
    private func wholeFrames(of index: Index) throws(StorageError) -> Int? {
        guard let file = try ReadOnlyFile(path) else { return try isIndexOfThisBoot() ? 0 : nil }
        let header = try file.read(32)
        guard header.count == 32, header.word(at: 0) & ~1 == 0x377F_0682 else {
            return try isIndexOfThisBoot() ? 0 : nil
        }
        // The last bit of the magic number is the order of the words in checksums.
        let isBigEndian = header[3] & 1 == 1
        var sum = LogChecksum().adding(header[..<24], isBigEndian: isBigEndian)
        guard sum.matches(header, at: 24) else { return try isIndexOfThisBoot() ? 0 : nil }
        guard header[16..<24].elementsEqual(index.salts) else { return nil }
        for number in 0..<index.frames {
            let frame = try file.read(24 + index.pageSize)
            guard frame.count == 24 + index.pageSize, frame[8..<16].elementsEqual(index.salts) else {
                return number
            }
            sum = sum.adding(frame[..<8], isBigEndian: isBigEndian)
                .adding(frame[24...], isBigEndian: isBigEndian)
            guard sum.matches(frame, at: 16) else { return number }
        }
        return index.frames
    }
}

extension WriteAheadLog {
    /// Whether the index was written since the machine was started, so that no loss of power came between.
    private func isIndexOfThisBoot() throws(StorageError) -> Bool {
        var status = stat()
        guard stat(indexPath, &status) == 0, let file = try ReadOnlyFile("/proc/stat") else { return false }
        let text = String(decoding: try file.read(1 << 20), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        guard let boot = line.flatMap({ Int($0.dropFirst("btime ".count)) }) else { return false }
        return status.st_mtim.tv_sec >= boot
    }
}

/// The checksum of the log: two sums over pairs of words, each frame's going on from the one before.
private struct LogChecksum {
    private var first: UInt32 = 0
    private var second: UInt32 = 0

    func adding(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> LogChecksum {
        var sum = self
        bytes.withUnsafeBytes { bytes in
            for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
                let one = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                let two = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                sum.first &+= (isBigEndian ? UInt32(bigEndian: one) : UInt32(littleEndian: one)) &+ sum.second
                sum.second &+= (isBigEndian ? UInt32(bigEndian: two) : UInt32(littleEndian: two)) &+ sum.first
            }
        }
        return sum
    }

    func matches(_ bytes: [UInt8], at offset: Int, isBigEndian: Bool = true) -> Bool {
        bytes.word(at: offset, isBigEndian: isBigEndian) == first
            && bytes.word(at: offset + 4, isBigEndian: isBigEndian) == second
    }
}

extension [UInt8] {
    fileprivate func word(at offset: Int, isBigEndian: Bool = true) -> UInt32 {
        let bytes = self[offset..<offset + 4]
        let word = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return isBigEndian ? word : word.byteSwapped
    }
}
