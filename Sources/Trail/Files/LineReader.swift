import Glibc

/// Reads a file line by line, front to back, holding no more than one line and one block.
final class LineReader: SegmentLines {
    /// A line without its newline.
    struct Line {
        let bytes: Range<Int>
        /// False for what follows the last newline of the file.
        let isTerminated: Bool
    }

    /// The longest line any writer makes, with room for the chain data before the event.
    static let lineBytesMax = TrailLimits.eventBytesMax + 1_024
    static let blockBytes = 64 * 1_024

    let name: String
    private let path: String
    private let descriptor: Int32
    private(set) var buffer: [UInt8] = []
    private var start = 0
    /// Where the search for the next newline goes on, so that no byte is looked at twice.
    private var searched = 0
    private var isAtEnd = false
    /// The lines given so far.
    private(set) var lineNumber = 0

    init(path: String, name: String) throws(TrailError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard opened >= 0 else { throw .unavailable(SystemFailure(.open, path, code: errno)) }
        descriptor = opened
        self.path = path
        self.name = name
    }

    deinit { close(descriptor) }

    /// The next line, as a range of ``buffer`` that holds until the next call; nil at the end of the file.
    func next() throws(TrailError) -> Line? {
        while true {
            if let newline = newline() {
                let line = Line(bytes: start..<newline, isTerminated: true)
                start = newline + 1
                searched = start
                lineNumber += 1
                return line
            }
            searched = buffer.count
            guard buffer.count - start <= Self.lineBytesMax else {
                throw .tampered(TrailDamage(file: name, line: lineNumber + 1, kind: .lineTooLong))
            }
            if isAtEnd {
                guard start < buffer.count else { return nil }
                let line = Line(bytes: start..<buffer.count, isTerminated: false)
                start = buffer.count
                lineNumber += 1
                return line
            }
            try fill()
        }
    }

    func nextLine() throws(TrailError) -> [UInt8]? {
        guard let line = try next(), line.isTerminated else { return nil }
        return Array(buffer[line.bytes])
    }

    private func newline() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard searched < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + searched, 0x0A, bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private func fill() throws(TrailError) {
        buffer.removeSubrange(..<start)
        searched -= start
        start = 0
        var code: Int32 = 0
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockBytes) { bytes, count in
            var got: Int
            repeat { got = read(descriptor, bytes.baseAddress, bytes.count) } while got < 0 && errno == EINTR
            if got < 0 { code = errno }
            count = max(got, 0)
        }
        guard code == 0 else { throw .unavailable(SystemFailure(.read, path, code: code)) }
        buffer.append(contentsOf: block)
        isAtEnd = block.isEmpty
    }
}
