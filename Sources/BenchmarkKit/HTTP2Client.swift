/// As much of HTTP/2 (RFC 9113) as it takes to ask and wait for answers.
///
/// Requests are prepared frames, whose header blocks use no dynamic table; each goes out on a stream of its own.
package struct HTTP2Client {
    /// What was seen of the answer on one stream.
    private struct Seen {
        var isOK = false
        var hasPattern = false
    }

    private var nextStream: UInt32 = 1
    private var bytes: [UInt8] = []
    private var seen: [UInt32: Seen] = [:]

    private static let frameHeadBytes = 9
    private static let frameBytesMax = 16_384
    private static let streamMax = UInt32.max >> 1

    private enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let reset: UInt8 = 3
        static let settings: UInt8 = 4
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
    }

    private static let endStream: UInt8 = 1

    package init() {}

    /// The preface, no settings, and leave to send 1 GiB before this side says more.
    package static let greeting: [UInt8] =
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
        + [0, 0, 0, Kind.settings, 0, 0, 0, 0, 0]
        + [0, 0, 4, Kind.windowUpdate, 0, 0, 0, 0, 0, 0x40, 0, 0, 0]

    /// Writes the next stream's number into each of the frames of a request, and gives it.
    package mutating func number(_ frames: UnsafeMutableRawBufferPointer) -> UInt32 {
        precondition(nextStream <= Self.streamMax, "a connection has so many streams and no more")
        let stream = nextStream
        nextStream += 2
        seen[stream] = Seen()
        var index = 0
        while index + Self.frameHeadBytes <= frames.count {
            let length = frames[index..<(index + 3)].reduce(0) { $0 << 8 | Int($1) }
            frames.storeBytes(of: stream.bigEndian, toByteOffset: index + 5, as: UInt32.self)
            index += Self.frameHeadBytes + length
        }
        return stream
    }

    /// Takes bytes that have come; calls `body` for each answer that is whole with them: its stream, and whether it is
    /// as expected, which asks for `pattern` in one of its frames of data.
    package mutating func take(
        _ new: UnsafeRawBufferPointer,
        containing pattern: [UInt8],
        _ body: (UInt32, Bool) -> Void
    ) throws(HTTP2Fault) {
        bytes.append(contentsOf: new)
        var start = 0
        defer { bytes.removeFirst(start) }
        while bytes.count - start >= Self.frameHeadBytes {
            let count = length(bytes[start...])
            guard count <= Self.frameBytesMax else { throw .frameTooLong }
            let end = start + Self.frameHeadBytes + count
            guard end <= bytes.count else { return }
            let frame = bytes[start..<end]
            start = end
            if let (stream, whole) = try see(frame, pattern) { body(stream, whole.isOK && whole.hasPattern) }
        }
    }

    /// Looks at one frame; gives what was seen of its stream when it ends that.
    private mutating func see(
        _ frame: ArraySlice<UInt8>,
        _ pattern: [UInt8]
    ) throws(HTTP2Fault) -> (stream: UInt32, Seen)? {
        let kind = frame[frame.startIndex + 3]
        let stream = frame.dropFirst(5).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        let payload = frame.dropFirst(Self.frameHeadBytes)
        switch kind {
        case Kind.headers: seen[stream]?.isOK = Self.saysOK(payload)
        case Kind.data:
            let found = payload.withUnsafeBytes { data in
                pattern.withUnsafeBytes { data.offset(of: $0) != nil }
            }
            if found { seen[stream]?.hasPattern = true }
        case Kind.reset: throw .reset
        case Kind.goAway: throw .goAway
        default: return nil
        }
        guard frame[frame.startIndex + 4] & Self.endStream != 0 else { return nil }
        return seen.removeValue(forKey: stream).map { (stream, $0) }
    }

    /// RFC 7541: behind changes of the table's size the status comes first, and 200 is entry 8 of the static table.
    private static func saysOK(_ block: ArraySlice<UInt8>) -> Bool {
        block.drop { $0 & 0xE0 == 0x20 }.first == 0x88
    }

    private func length(_ frame: ArraySlice<UInt8>) -> Int {
        frame.prefix(3).reduce(0) { $0 << 8 | Int($1) }
    }
}

/// Why there will be no answer on a connection of HTTP/2.
package enum HTTP2Fault: Error, Hashable, Sendable {
    case frameTooLong
    case reset
    case goAway
}
