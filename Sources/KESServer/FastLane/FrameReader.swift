import NIOCore

/// Cuts what a client of HTTP/2 sends into frames, and joins the parts of header blocks.
struct FrameReader {
    enum Found: Equatable {
        /// The first bytes of a connection (RFC 9113 section 3.4).
        case greeting(ByteBuffer)
        case frame(FrameHead, ByteBuffer)
        /// A block of header fields, the head that it began with, and the frames that it came in.
        case block(FrameHead, ByteBuffer, of: ByteBuffer)
        /// What breaks the protocol, and all that comes behind it.
        case breach(ByteBuffer)
    }

    private struct Opening {
        let head: FrameHead
        var block: ByteBuffer
        var frames: ByteBuffer
        var continuations = 0
    }

    private enum Phase { case before, greeted, settled, broken }

    private var phase = Phase.before
    /// Bytes of which no whole frame is there yet.
    private var held: ByteBuffer?
    private var opening: Opening?

    private static let greeting = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// As many as the library takes: more are there to wear the server out.
    static let continuationsMax = 5

    mutating func append(_ bytes: ByteBuffer) {
        var bytes = bytes
        if held == nil { held = bytes } else { held?.writeBuffer(&bytes) }
    }

    /// The next thing that is here as a whole.
    mutating func next() -> Found? {
        while true {
            guard let held, held.readableBytes > 0 else { return nil }
            switch phase {
            case .broken: return breach()
            case .before: return readGreeting(held)
            case .greeted, .settled: break
            }
            guard let head = held.withUnsafeReadableBytes({ FrameHead($0) }) else { return nil }
            guard head.payloadBytes <= FrameHead.payloadBytesMax,
                phase == .settled || head.kind == FrameHead.Kind.settings
            else { return breach() }
            guard let frame = read(FrameHead.bytesCount + head.payloadBytes) else { return nil }
            phase = .settled
            if let found = find(head, frame) { return found }
        }
    }

    /// Nil where the block that this frame is of has further parts.
    private mutating func find(_ head: FrameHead, _ frame: ByteBuffer) -> Found? {
        var payload = frame
        payload.moveReaderIndex(forwardBy: FrameHead.bytesCount)
        if var opening {
            opening.frames.writeImmutableBuffer(frame)
            opening.continuations += 1
            guard head.kind == FrameHead.Kind.continuation, head.stream == opening.head.stream,
                opening.continuations <= Self.continuationsMax
            else { return breach(opening.frames) }
            opening.block.writeBuffer(&payload)
            self.opening = opening
        } else if head.kind == FrameHead.Kind.headers {
            guard let range = payload.withUnsafeReadableBytes({ head.block(in: $0) }),
                let block = payload.getSlice(at: payload.readerIndex + range.lowerBound, length: range.count)
            else { return breach(frame) }
            guard !head.has(FrameHead.Flag.endHeaders) else { return .block(head, block, of: frame) }
            opening = Opening(head: head, block: block, frames: frame)
            return nil
        } else {
            return .frame(head, frame)
        }
        guard head.has(FrameHead.Flag.endHeaders), let whole = opening else { return nil }
        opening = nil
        return .block(whole.head, whole.block, of: whole.frames)
    }

    private mutating func readGreeting(_ bytes: ByteBuffer) -> Found? {
        let count = min(bytes.readableBytes, Self.greeting.count)
        guard bytes.readableBytesView.prefix(count).elementsEqual(Self.greeting.prefix(count)) else {
            return breach()
        }
        guard count == Self.greeting.count, let greeting = read(count) else { return nil }
        phase = .greeted
        return .greeting(greeting)
    }

    /// Reads no more of the connection: gives all that is here, behind what was read already.
    mutating func breach(_ before: ByteBuffer = ByteBuffer()) -> Found {
        phase = .broken
        opening = nil
        var all = before
        if let held { all.writeImmutableBuffer(held) }
        held = nil
        return .breach(all)
    }

    private mutating func read(_ count: Int) -> ByteBuffer? {
        let bytes = held?.readSlice(length: count)
        if held?.readableBytes == 0 { held = nil }
        return bytes
    }
}
