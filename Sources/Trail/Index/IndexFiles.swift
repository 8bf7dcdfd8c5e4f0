import Glibc

/// The index files of a trail, in a directory of their own that can be removed at any time.
struct IndexFiles: Sendable {
    private let directory: TrailDirectory
    private let trail: TrailID
    private let signer: TrailSigner

    init(directory: TrailDirectory, trail: TrailID, signer: TrailSigner) {
        self.directory = directory
        self.trail = trail
        self.signer = signer
    }

    private var path: String { directory.path + "/index" }

    private func path(of name: SegmentName) -> String { "\(path)/\(name.description.dropLast(4)).index" }

    /// Writes an index; on the disk it is there whole or does not pass for one.
    func write(_ columns: IndexColumns, as index: SegmentIndex) throws(TrailError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .unavailable(SystemFailure(.create, path, code: errno))
        }
        let text = index.text(signedWith: try signer.sign(index.text))
        var header = Array(text.utf8)
        precondition(header.count <= SegmentIndex.headerBytes, "the header of an index has its room")
        header += Array(repeating: 0, count: SegmentIndex.headerBytes - header.count)
        let fresh = path(of: index.name) + ".new"
        let descriptor = Glibc.open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unavailable(SystemFailure(.create, fresh, code: errno)) }
        defer { close(descriptor) }
        do throws(SystemFailure) {
            try Self.write(header, to: descriptor, fresh)
            for column in IndexColumns.Column.allCases {
                try Self.write(columns[column], to: descriptor, fresh)
            }
        } catch {
            unlink(fresh)
            throw .unavailable(error)
        }
        guard rename(fresh, path(of: index.name)) == 0 else {
            throw .unavailable(SystemFailure(.rename, fresh, code: errno))
        }
    }

    /// What an index file says of a segment; nil when there is none, it is damaged, or it was made for another
    /// segment than is there now.
    func index(of name: SegmentName) throws(TrailError) -> SegmentIndex? {
        guard let descriptor = try open(path(of: name)) else { return nil }
        defer { close(descriptor) }
        let header = try read(SegmentIndex.headerBytes, at: 0, from: descriptor, path(of: name))
        let text = String(decoding: header.prefix { $0 != 0 }, as: UTF8.self)
        guard let (index, signature) = SegmentIndex.read(text), index.name == name, index.trail == trail,
            signer.publicKey.isValid(signature, for: index.text), index.end == (try end(of: name))
        else { return nil }
        return index
    }

    /// Some of an index's columns; nil when they are not those it was made with.
    func columns(
        _ wanted: [IndexColumns.Column],
        of index: SegmentIndex
    ) throws(TrailError) -> [[UInt32]]? {
        let file = path(of: index.name)
        guard let descriptor = try open(file) else { return nil }
        defer { close(descriptor) }
        var columns: [[UInt32]] = []
        for column in wanted {
            let offset = SegmentIndex.headerBytes + column.rawValue * index.count * 4
            let bytes = try read(index.count * 4, at: offset, from: descriptor, file)
            guard bytes.count == index.count * 4 else { return nil }
            let numbers = bytes.withUnsafeBytes { bytes in
                (0..<index.count).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self) }
            }
            guard SegmentIndex.hash(numbers) == index.columns[column.rawValue].hash else { return nil }
            columns.append(numbers)
        }
        return columns
    }

    /// How a sealed segment ends; nil when it does not end in a digest.
    func end(of name: SegmentName) throws(TrailError) -> SegmentEnd? {
        let path = directory.path(of: name)
        guard let descriptor = try open(path) else { return nil }
        defer { close(descriptor) }
        let length = Int(lseek(descriptor, 0, SEEK_END))
        let count = min(length, SpareSegment.lineBytesMax)
        let tail = try read(count, at: length - count, from: descriptor, path)
        guard tail.last == 0x0A, let start = tail.dropLast().lastIndex(of: 0x0A) else { return nil }
        return tail.withUnsafeBytes { tail in
            let bytes = UnsafeRawBufferPointer(rebasing: tail[(start + 1)..<(tail.count - 1)])
            guard let line = TrailLine(bytes), line.kind == .digest,
                let (digest, _) = SegmentDigest.read(String(decoding: line.text(in: bytes), as: UTF8.self)),
                let date = EventTime.parse(digest.sealed.utf8)
            else { return nil }
            return SegmentEnd(
                bytes: length,
                last: line.hash,
                sealed: UInt32(clamping: EventTime.seconds(date))
            )
        }
    }

    /// The JSON of the event whose line begins at a place; nil when none begins there.
    func event(in name: SegmentName, at offset: Int) throws(TrailError) -> [UInt8]? {
        let path = directory.path(of: name)
        guard let descriptor = try open(path) else { return nil }
        defer { close(descriptor) }
        var size = 4 << 10
        while true {
            let bytes = try read(size, at: offset, from: descriptor, path)
            if let newline = bytes.firstIndex(of: 0x0A) {
                return bytes.withUnsafeBytes { all in
                    let line = UnsafeRawBufferPointer(rebasing: all[..<newline])
                    guard let prefix = TrailLine.prefix(of: line), prefix.kind == .event else { return nil }
                    return Array(line[prefix.textStart...])
                }
            }
            guard bytes.count == size, size < LineReader.lineBytesMax else { return nil }
            size = min(size * 16, LineReader.lineBytesMax)
        }
    }

    private func open(_ path: String) throws(TrailError) -> Int32? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0, errno == ENOENT || errno == ENOTDIR { return nil }
        guard descriptor >= 0 else { throw .unavailable(SystemFailure(.open, path, code: errno)) }
        return descriptor
    }

    /// Up to `count` bytes; fewer only at the file's end.
    private func read(
        _ count: Int,
        at offset: Int,
        from descriptor: Int32,
        _ path: String
    ) throws(TrailError) -> [UInt8] {
        var code: Int32 = 0
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
        guard code == 0 else { throw .unavailable(SystemFailure(.read, path, code: code)) }
        return bytes
    }

    private static func write<Number: BitwiseCopyable>(
        _ numbers: [Number],
        to descriptor: Int32,
        _ path: String
    ) throws(SystemFailure) {
        try numbers.withUnsafeBufferPointer { (numbers) throws(SystemFailure) in
            try write(UnsafeRawBufferPointer(numbers), to: descriptor, path)
        }
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer,
        to descriptor: Int32,
        _ path: String
    ) throws(SystemFailure) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw SystemFailure(.write, path, code: written < 0 ? errno : SystemFailure.noSpace)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}
