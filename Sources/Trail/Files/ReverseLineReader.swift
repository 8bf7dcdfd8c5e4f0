import Glibc

/// Reads a file line by line, back to front, holding no more than one line and one block.
final class ReverseLineReader: SegmentLines {
    let name: String
    private let path: String
    private let descriptor: Int32
    /// The bytes of the file from `offset` on that were not given yet.
    private var buffer: [UInt8] = []
    private var offset: Int
    private var isFirst = true

    init(path: String, name: String) throws(TrailError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard opened >= 0 else { throw .unavailable(SystemFailure(.open, path, code: errno)) }
        descriptor = opened
        self.path = path
        self.name = name
        let length = lseek(opened, 0, SEEK_END)
        guard length >= 0 else { throw .unavailable(SystemFailure(.read, path, code: errno)) }
        offset = Int(length)
    }

    deinit { close(descriptor) }

    /// The line before the one given last, without its newline; nil at the beginning of the file.
    ///
    /// What follows the last newline of the file is not a line yet and is left out.
    func nextLine() throws(TrailError) -> [UInt8]? {
        if isFirst {
            guard try dropUnterminated() else { return nil }
            isFirst = false
        }
        while true {
            if let newline = buffer.lastIndex(of: 0x0A) {
                let line = Array(buffer[(newline + 1)...])
                buffer.removeSubrange(newline...)
                return line
            }
            guard buffer.count <= LineReader.lineBytesMax else {
                throw .tampered(TrailDamage(file: name, kind: .lineTooLong))
            }
            guard offset > 0 else {
                defer { buffer = [] }
                return buffer.isEmpty ? nil : buffer
            }
            try fill()
        }
    }

    /// Brings `buffer` to the end of the last whole line; false when there is none.
    private func dropUnterminated() throws(TrailError) -> Bool {
        while true {
            if let newline = buffer.lastIndex(of: 0x0A) {
                buffer.removeSubrange(newline...)
                return true
            }
            guard offset > 0 else { return false }
            buffer = []
            try fill()
        }
    }

    private func fill() throws(TrailError) {
        let count = min(offset, LineReader.blockBytes)
        var code: Int32 = 0
        var block = [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
            while filled < count {
                let rest = UnsafeMutableBufferPointer(rebasing: bytes[filled..<count])
                let got = pread(descriptor, rest.baseAddress, rest.count, off_t(offset - count + filled))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else {
                    // A file that became shorter is as unreadable as a bad disk.
                    code = got < 0 ? errno : EIO
                    return
                }
                filled += got
            }
        }
        guard code == 0 else { throw .unavailable(SystemFailure(.read, path, code: code)) }
        block.append(contentsOf: buffer)
        buffer = block
        offset -= count
    }
}
