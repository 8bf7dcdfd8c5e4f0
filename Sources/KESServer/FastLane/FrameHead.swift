/// The nine bytes that each frame of HTTP/2 begins with (RFC 9113 section 4.1).
struct FrameHead: Equatable {
    let payloadBytes: Int
    let kind: UInt8
    let flags: UInt8
    let stream: UInt32

    static let bytesCount = 9
    /// The longest payload that is allowed where no setting says otherwise (RFC 9113 section 4.2).
    static let payloadBytesMax = 16_384

    enum Kind {
        static let data: UInt8 = 0
        static let headers: UInt8 = 1
        static let resetStream: UInt8 = 3
        static let settings: UInt8 = 4
        static let goAway: UInt8 = 7
        static let windowUpdate: UInt8 = 8
        static let continuation: UInt8 = 9
    }

    enum Flag {
        static let acknowledgement: UInt8 = 1
        static let endStream: UInt8 = 1
        static let endHeaders: UInt8 = 4
        static let padded: UInt8 = 8
        static let priority: UInt8 = 0x20
    }

    init(_ kind: UInt8, flags: UInt8 = 0, stream: UInt32, payloadBytes: Int) {
        (self.kind, self.flags, self.stream, self.payloadBytes) = (kind, flags, stream, payloadBytes)
    }

    /// Nil while some of its bytes are missing.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.bytesCount else { return nil }
        payloadBytes = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
        kind = bytes[3]
        flags = bytes[4]
        // The first bit means nothing.
        stream = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self)) & 0x7FFF_FFFF
    }

    var endsStream: Bool { has(Flag.endStream) }

    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

    /// Where a block of header fields stands in the payload of a frame that begins one; nil for a payload that is
    /// shorter than what it says of itself.
    func block(in payload: UnsafeRawBufferPointer) -> Range<Int>? {
        var (start, end) = (0, payload.count)
        if has(Flag.padded) {
            guard let padding = payload.first else { return nil }
            start += 1
            end -= Int(padding)
        }
        if has(Flag.priority) { start += 5 }
        return start <= end ? start..<end : nil
    }
}

/// Follows frames that pass in pieces of any size, and tells of each head.
struct FrameFollower {
    private var head: [UInt8] = []
    private var payloadBytesLeft = 0

    mutating func follow(_ bytes: UnsafeRawBufferPointer, _ seen: (FrameHead) -> Void) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let skipped = min(payloadBytesLeft, rest.count)
            rest = rest.dropFirst(skipped)
            payloadBytesLeft -= skipped
            let missing = rest.prefix(FrameHead.bytesCount - head.count)
            head.append(contentsOf: missing)
            rest = rest.dropFirst(missing.count)
            guard let whole = head.withUnsafeBytes({ FrameHead($0) }) else { continue }
            head.removeAll(keepingCapacity: true)
            payloadBytesLeft = whole.payloadBytes
            seen(whole)
        }
    }
}
