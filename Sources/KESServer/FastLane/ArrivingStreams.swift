import NIOCore

/// A stream whose request is not whole yet, or not answered.
final class ArrivingStream {
    let number: UInt32
    let block: HeaderBlock
    let call: ImmediateCalls.Known
    let deadline: NIODeadline?
    fileprivate(set) var body: ByteBuffer?
    /// Whether the client has said all.
    var isWhole: Bool
    /// How much more than at first the client lets it send.
    private var allowed: UInt32 = 0

    init(
        _ number: UInt32,
        _ block: HeaderBlock,
        _ call: ImmediateCalls.Known,
        isWhole: Bool,
        now: NIODeadline
    ) {
        self.number = number
        self.block = block
        self.call = call
        self.isWhole = isWhole
        deadline = call.millisecondsMax.map { now + .milliseconds($0) }
    }

    /// False where that is more than a stream can be allowed (RFC 9113 section 6.9.1).
    func allow(_ count: UInt32) -> Bool {
        guard allowed + count <= UInt32.max >> 1 else { return false }
        allowed += count
        return true
    }

    /// Its frames, as another has to read them who knows nothing of it.
    var frames: ByteBuffer {
        var frames = ByteBuffer()
        let hasBody = (body?.readableBytes ?? 0) > 0
        frames.writeHeaders(block.literals, of: number, endsStream: isWhole && !hasBody)
        if allowed > 0 { frames.writeWindowUpdate(number, by: Int(allowed)) }
        if let body { frames.writeData(body, of: number, endsStream: isWhole) }
        return frames
    }
}

/// The streams of a connection whose requests are not whole yet, in the order of their numbers.
struct ArrivingStreams {
    private var streams: [ArrivingStream] = []
    /// Of all bodies, as far as they came.
    private(set) var bodyBytes = 0
    /// The latest ones that were given up, of which more may be on its way.
    private var givenUp: [UInt32] = []

    private static let givenUpMax = 256

    var count: Int { streams.count }
    var firstDeadline: NIODeadline? { streams.lazy.compactMap(\.deadline).min() }

    subscript(number: UInt32) -> ArrivingStream? { streams.last { $0.number == number } }

    mutating func append(_ stream: ArrivingStream) { streams.append(stream) }

    mutating func append(_ bytes: ByteBuffer, to stream: ArrivingStream) {
        bodyBytes += bytes.readableBytes
        // Short bodies come in one piece, which need not be copied.
        if stream.body == nil { stream.body = bytes } else { stream.body?.writeImmutableBuffer(bytes) }
    }

    mutating func remove(_ stream: ArrivingStream) {
        guard let index = streams.lastIndex(where: { $0 === stream }) else { return }
        streams.remove(at: index)
        bodyBytes -= stream.body?.readableBytes ?? 0
    }

    /// The first one, where its number is at most so high.
    mutating func removeFirst(through number: UInt32) -> ArrivingStream? {
        guard let first = streams.first, first.number <= number else { return nil }
        remove(first)
        return first
    }

    /// Removes those that did not become whole in time.
    mutating func giveUpLate(_ now: NIODeadline) -> [ArrivingStream] {
        let late = streams.filter { $0.deadline.map { $0 <= now } ?? false }
        for stream in late { remove(stream) }
        givenUp = (givenUp + late.map(\.number)).suffix(Self.givenUpMax)
        return late
    }

    func wasGivenUp(_ number: UInt32) -> Bool { givenUp.contains(number) }
}
