import NIOCore

/// Why bytes are no answer of Redis.
struct MalformedAnswer: Error, Hashable {}

/// Takes answers of Redis off a stream, within limits on everything that the server says the length of.
struct RESPDecoder: ByteToMessageDecoder {
    typealias InboundOut = RESPValue

    static let lineBytesMax = 4096
    static let bulkBytesMax = 1 << 20
    static let elementsMax = 4096
    static let depthMax = 8

    mutating func decode(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer
    ) throws -> DecodingState {
        var reader = buffer
        guard let value = try Self.value(from: &reader, depth: 0) else {
            guard buffer.readableBytes <= Self.bulkBytesMax * 2 else { throw MalformedAnswer() }
            return .needMoreData
        }
        buffer = reader
        context.fireChannelRead(wrapInboundOut(value))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        guard buffer.readableBytes > 0 else { return .needMoreData }
        return try decode(context: context, buffer: &buffer)
    }

    /// The next value; nil when more bytes are needed, and the buffer is then of no further use.
    static func value(
        from buffer: inout ByteBuffer,
        depth: Int
    ) throws(MalformedAnswer) -> RESPValue? {
        guard depth <= depthMax else { throw MalformedAnswer() }
        guard let line = try line(from: &buffer) else { return nil }
        guard let type = line.first else { throw MalformedAnswer() }
        let rest = line.dropFirst()
        switch type {
        case UInt8(ascii: "+"): return .simple(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: "-"): return .error(String(decoding: rest, as: UTF8.self))
        case UInt8(ascii: ":"): return .integer(try number(rest))
        case UInt8(ascii: "$"):
            let count = try number(rest)
            if count == -1 { return .bulk(nil) }
            guard (0...Int64(bulkBytesMax)).contains(count) else { throw MalformedAnswer() }
            guard let bytes = buffer.readBytes(length: Int(count)),
                let end = buffer.readBytes(length: 2)
            else { return nil }
            guard end == [0x0D, 0x0A] else { throw MalformedAnswer() }
            return .bulk(bytes)
        case UInt8(ascii: "*"):
            let count = try number(rest)
            if count == -1 { return .array(nil) }
            guard (0...Int64(elementsMax)).contains(count) else { throw MalformedAnswer() }
            var elements: [RESPValue] = []
            for _ in 0..<count {
                guard let element = try value(from: &buffer, depth: depth + 1) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        default: throw MalformedAnswer()
        }
    }

    /// The next line without its end; nil when it has not arrived whole.
    private static func line(from buffer: inout ByteBuffer) throws(MalformedAnswer) -> [UInt8]? {
        let view = buffer.readableBytesView
        guard let end = view.firstIndex(of: 0x0D) else {
            guard view.count <= lineBytesMax else { throw MalformedAnswer() }
            return nil
        }
        let count = end - view.startIndex
        guard count <= lineBytesMax else { throw MalformedAnswer() }
        guard count + 1 < view.count else { return nil }
        guard view[end + 1] == 0x0A, let line = buffer.readBytes(length: count) else {
            throw MalformedAnswer()
        }
        buffer.moveReaderIndex(forwardBy: 2)
        return line
    }

    private static func number(_ digits: ArraySlice<UInt8>) throws(MalformedAnswer) -> Int64 {
        guard digits.count <= 20, let number = Int64(String(decoding: digits, as: UTF8.self)) else {
            throw MalformedAnswer()
        }
        return number
    }
}
