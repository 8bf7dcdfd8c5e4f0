import KES
import NIOCore
import NIOHTTP1

/// Answers requests of HTTP/1.1 that use a key in memory, in front of the HTTP library.
///
/// It takes only whole requests that are written plainly. Any other goes to the library byte for byte, and what follows
/// it on the connection waits here until it is answered, so no answer overtakes another. After a head that is not plain
/// the connection is the library's for good. The library's handlers are made when the first request needs them.
final class HTTP1Lane: ChannelDuplexHandler, TurnMember {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// Before a request, or in the middle of one that may be answered here.
        case between
        /// A request has gone to the library, of whose bytes so many are still to come.
        case handedOn(bytesLeft: Int)
        /// The library gets everything.
        case transparent
    }

    private let calls: ImmediateCalls
    private let turn: LoopTurn
    private let clock: ConnectionPhase
    private let makeLibrary: (HTTP1Lane) throws -> Void
    private var hasLibrary = false
    private var context: ChannelHandlerContext?
    private var phase = Phase.between
    /// Bytes that came and were neither answered nor handed on.
    private var held: ByteBuffer?
    /// How many of them are known not to end a head.
    private var searched = 0
    /// Answers that wait for the end of the turn.
    private var answers: ByteBuffer?
    private var answersCount = 0
    /// Whether the library has a request and has not answered it.
    private var isLibraryBusy = false
    /// Whether bytes are on their way to the library.
    private var isInLibrary = false
    private var isStopping = false
    /// Whether the head of a request is here and the time of its body runs.
    private var isBodyAwaited = false
    private var isReadHeld = false

    /// A body up to this size may be answered here; larger ones are streamed through the library.
    private static let bodyBytesMax = 32 << 10
    /// So many pipelined requests are answered in one turn.
    private static let answersMax = 16
    /// With so much held the connection is not read on.
    private static let heldBytesMax = 128 << 10

    /// `makeLibrary` puts the library's handlers behind this one.
    init(
        _ calls: ImmediateCalls,
        _ turn: LoopTurn,
        _ clock: ConnectionPhase,
        makeLibrary: @escaping (HTTP1Lane) throws -> Void
    ) {
        self.calls = calls
        self.turn = turn
        self.clock = clock
        self.makeLibrary = makeLibrary
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        clock.ended()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .transparent = phase {
            clock.bytesArrived()
            return context.fireChannelRead(data)
        }
        var buffer = unwrapInboundIn(data)
        if held == nil { held = buffer } else { held?.writeBuffer(&buffer) }
        process(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if hasLibrary { context.fireChannelReadComplete() }
    }

    func read(context: ChannelHandlerContext) {
        isReadHeld = (held?.readableBytes ?? 0) >= Self.heldBytesMax
        if !isReadHeld { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { process(context) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        // The library lets go of the connection after its answer, and after those that wait here.
        isStopping = true
        if hasLibrary, !hasOwnWork { context.fireUserInboundEventTriggered(event) }
        if !hasLibrary, !hasOwnWork { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if hasLibrary { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }

    private var hasOwnWork: Bool { answersCount > 0 || held != nil }

    // MARK: Requests

    /// Does what can be done with the bytes at hand.
    private func process(_ context: ChannelHandlerContext) {
        // Called from within the library: whoever is handing on to it goes on behind that.
        guard !isInLibrary else { return }
        while step(context) {}
        if isReadHeld, (held?.readableBytes ?? 0) < Self.heldBytesMax {
            isReadHeld = false
            context.read()
        }
    }

    /// Goes one request on; false when more bytes or an answer have to come first.
    private func step(_ context: ChannelHandlerContext) -> Bool {
        switch phase {
        case .transparent:
            handOn(held?.readableBytes ?? 0, context)
            return false
        case .handedOn(let bytesLeft):
            let count = min(bytesLeft, held?.readableBytes ?? 0)
            handOn(count, context)
            guard count == bytesLeft, !isLibraryBusy else {
                phase = .handedOn(bytesLeft: bytesLeft - count)
                // More may have come while these were on their way.
                return count < bytesLeft && held != nil
            }
            phase = .between
            return true
        case .between:
            guard let held, answersCount < Self.answersMax, context.channel.isWritable else { return false }
            switch held.withUnsafeReadableBytes({ PlainRequest.parse($0, searched: searched) }) {
            case .incomplete:
                searched = held.readableBytes
                clock.bytesArrived()
                return false
            case .foreign: return giveUp(context)
            case .request(let request): return take(request, held, context)
            }
        }
    }

    /// Answers a request or hands it on; true when the next may be looked at.
    private func take(_ request: PlainRequest, _ held: ByteBuffer, _ context: ChannelHandlerContext) -> Bool {
        let count = request.headBytes + request.bodyBytes
        let call =
            request.bodyBytes > Self.bodyBytesMax
            ? nil
            : held.withUnsafeReadableBytes { calls.call(UnsafeRawBufferPointer(rebasing: $0[request.line])) }
        if let call {
            guard held.readableBytes >= count else {
                if !isBodyAwaited { clock.requestBegan(milliseconds: call.millisecondsMax) }
                isBodyAwaited = true
                return false
            }
            if answer(request, call, held, context) {
                drop(count)
                return true
            }
        }
        // What was answered here goes first.
        guard answersCount == 0, makeSureOfLibrary(context) else { return false }
        isLibraryBusy = true
        isBodyAwaited = false
        phase = .handedOn(bytesLeft: count)
        return true
    }

    private func answer(
        _ request: PlainRequest,
        _ call: ImmediateCalls.Known,
        _ held: ByteBuffer,
        _ context: ChannelHandlerContext
    ) -> Bool {
        let began = NIODeadline.now()
        let isAnswered = held.withUnsafeReadableBytes { bytes in
            calls.answer(
                call,
                body: UnsafeRawBufferPointer(rebasing: bytes[request.headBytes...].prefix(request.bodyBytes)),
                into: &turn.scratch
            )
        }
        guard isAnswered else { return false }
        var buffer = answers ?? context.channel.allocator.buffer(capacity: 512)
        answers = nil
        buffer.writeStaticString("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ")
        buffer.writeString(String(turn.scratch.count))
        buffer.writeStaticString("\r\n\r\n")
        buffer.writeBytes(turn.scratch)
        turn.wipeScratch()
        answers = buffer
        answersCount += 1
        turn.add(call.subject, began: began, of: self, on: context.eventLoop)
        return true
    }

    private func drop(_ count: Int) {
        searched = 0
        isBodyAwaited = false
        held?.moveReaderIndex(forwardBy: count)
        if held?.readableBytes == 0 { held = nil }
    }

    // MARK: The library

    private func giveUp(_ context: ChannelHandlerContext) -> Bool {
        // Looked at again when the answers before it have left.
        guard answersCount == 0, makeSureOfLibrary(context) else { return false }
        phase = .transparent
        return true
    }

    private func makeSureOfLibrary(_ context: ChannelHandlerContext) -> Bool {
        if hasLibrary { return true }
        do {
            try makeLibrary(self)
            hasLibrary = true
            return true
        } catch {
            context.close(promise: nil)
            return false
        }
    }

    /// Gives the library so many of the bytes at hand.
    private func handOn(_ count: Int, _ context: ChannelHandlerContext) {
        guard count > 0, let part = held?.readSlice(length: count) else { return }
        searched = 0
        if held?.readableBytes == 0 { held = nil }
        clock.bytesArrived()
        isInLibrary = true
        context.fireChannelRead(wrapInboundOut(part))
        context.fireChannelReadComplete()
        isInLibrary = false
    }

    /// Told when the answer to a request that was handed on has been written.
    func libraryAnswered() {
        isLibraryBusy = false
        guard let context, case .handedOn = phase else { return }
        process(context)
    }

    // MARK: Answers

    func turnFailed() {
        answers = nil
        context?.close(promise: nil)
    }

    func turnEnded() {
        answersCount = 0
        guard let context, let buffer = answers else { return }
        answers = nil
        clock.requestEnded()
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        process(context)
        guard isStopping, !hasOwnWork else { return }
        if hasLibrary {
            context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        } else {
            context.close(promise: nil)
        }
    }
}
