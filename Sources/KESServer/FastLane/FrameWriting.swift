import NIOCore

/// Why a stream or a connection ends (RFC 9113 section 7).
enum HTTP2Reason: UInt32 {
    case streamClosed = 5
    case cancel = 8
}

extension ByteBuffer {
    fileprivate mutating func write(_ head: FrameHead) {
        writeInteger(UInt32(head.payloadBytes) << 8 | UInt32(head.kind))
        writeInteger(head.flags)
        writeInteger(head.stream)
    }

    mutating func writeWindowUpdate(_ stream: UInt32, by count: Int) {
        write(FrameHead(FrameHead.Kind.windowUpdate, stream: stream, payloadBytes: 4))
        writeInteger(UInt32(count))
    }

    mutating func writeReset(_ stream: UInt32, _ reason: HTTP2Reason) {
        write(FrameHead(FrameHead.Kind.resetStream, stream: stream, payloadBytes: 4))
        writeInteger(reason.rawValue)
    }

    mutating func writeGoAway(last: UInt32, _ reason: HTTP2Reason) {
        write(FrameHead(FrameHead.Kind.goAway, stream: 0, payloadBytes: 8))
        writeInteger(last)
        writeInteger(reason.rawValue)
    }

    /// A block of header fields, in as many frames as it needs.
    mutating func writeHeaders(_ block: ByteBuffer, of stream: UInt32, endsStream: Bool) {
        var rest = block
        var kind = FrameHead.Kind.headers
        var flags = endsStream ? FrameHead.Flag.endStream : 0
        repeat {
            let count = min(rest.readableBytes, FrameHead.payloadBytesMax)
            if count == rest.readableBytes { flags |= FrameHead.Flag.endHeaders }
            write(FrameHead(kind, flags: flags, stream: stream, payloadBytes: count))
            if var part = rest.readSlice(length: count) { writeBuffer(&part) }
            (kind, flags) = (FrameHead.Kind.continuation, 0)
        } while rest.readableBytes > 0
    }

    /// A body, in as many frames as it needs: none for an empty one that does not end the stream.
    mutating func writeData(_ body: ByteBuffer, of stream: UInt32, endsStream: Bool) {
        var rest = body
        while rest.readableBytes > 0 {
            let count = min(rest.readableBytes, FrameHead.payloadBytesMax)
            let flags = endsStream && count == rest.readableBytes ? FrameHead.Flag.endStream : 0
            write(FrameHead(FrameHead.Kind.data, flags: flags, stream: stream, payloadBytes: count))
            if var part = rest.readSlice(length: count) { writeBuffer(&part) }
        }
    }

    /// An answer of JSON that leaves the client's table of header fields as it is; no body is longer than a frame.
    mutating func writeAnswer(_ body: [UInt8], on stream: UInt32) {
        let length = String(body.count)
        let head = FrameHead(
            FrameHead.Kind.headers,
            flags: FrameHead.Flag.endHeaders,
            stream: stream,
            payloadBytes: AnswerFields.fixed.count + 1 + length.utf8.count
        )
        write(head)
        writeBytes(AnswerFields.fixed)
        writeInteger(UInt8(length.utf8.count))
        writeString(length)
        write(
            FrameHead(
                FrameHead.Kind.data,
                flags: FrameHead.Flag.endStream,
                stream: stream,
                payloadBytes: body.count
            )
        )
        writeBytes(body)
    }
}

private enum AnswerFields {
    /// RFC 7541 appendix A: entry 8 is `:status: 200`, the names of 31 and 28 are `content-type` and `content-length`,
    /// whose value follows.
    static let fixed: [UInt8] = [0x88, 0x0F, 31 - 15, 16] + Array("application/json".utf8) + [0x0F, 28 - 15]
}
