import KES
import NIOCore

/// Answers streams of HTTP/2 that use a key in memory, in front of the HTTP library.
///
/// The library knows nothing of these streams: it sees their numbers left out, as a client may leave out any. What
/// both would have to know of the connection is kept apart. Header fields are read here, for the table that the client
/// makes is one, and reach the library as literals, which need none; answers made here leave the client's table alone.
/// What the client lets the connection send is shared out by ``SendAllowance``. What it may send itself each side
/// gives back for its own streams. Settings, pings and farewells are the library's, and so is every stream that is
/// not plain, at once or as soon as it turns out, and everything that breaks the protocol.
///
/// Streams must begin in order. So where one is handed on, those that began before it and still lack part of their
/// bodies go too, and up to the number of the last one every stream is the library's.
final class HTTP2Lane: ChannelDuplexHandler, TurnMember {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let calls: ImmediateCalls
    private let turn: LoopTurn
    /// Strikes when nothing came for as long as a connection may be idle, and calls ``wasSilent()``.
    private let clock: ConnectionClock
    private let streamsMax: Int
    /// Strikes when a body should have come, and gives its stream up.
    private var bodyClock: ConnectionClock?
    private var context: ChannelHandlerContext?
    private var reader = FrameReader()
    private var blocks: HeaderBlocks
    private var isProcessing = false
    private var (isStopping, isStopDue) = (false, false)
    /// Whether the library has ended the connection though nobody asked it to.
    private(set) var isGoingAway = false
    /// Whether the library has got something since it was last told that it got all there is.
    private var isLibraryFed = false
    /// A frame that has to come behind answers which are still to leave: settings, by which others are made.
    private var waiting: (FrameHead, ByteBuffer)?
    private var arriving = ArrivingStreams()
    /// The numbers of the last stream that the client began, and of the last one that was handed on.
    private var (last, lastHandedOn): (UInt32, UInt32) = (0, 0)
    /// How many streams are open in the library, which ``LibraryStreams`` counts.
    var streamsInLibrary = 0
    private var allowance = SendAllowance()
    private var sent = FrameFollower()
    private var settings = ClientSettings()
    private var received = ReceiveAllowance()
    private var answers: ByteBuffer?

    /// A body up to this size may be answered here; with what is not given back yet, and half a window that the
    /// library keeps, less than the client may send on a connection.
    static let bodyBytesMax = 16 << 10

    init(
        _ calls: ImmediateCalls,
        _ turn: LoopTurn,
        _ clock: ConnectionClock,
        headerBytesMax: Int,
        streamsMax: Int
    ) {
        self.calls = calls
        self.turn = turn
        self.clock = clock
        self.streamsMax = streamsMax
        blocks = HeaderBlocks(listBytesMax: headerBytesMax)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        clock.set(.seconds(TransportTimes.idleSecondsMax))
        let bodyClock = ConnectionClock(context.channel)
        bodyClock.onStrike = { [weak self] in self?.giveUpLate() }
        self.bodyClock = bodyClock
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        clock.set(nil)
        bodyClock?.set(nil)
        (answers, waiting, arriving) = (nil, nil, ArrivingStreams())
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // After a breach nobody listens.
        guard self.context != nil else { return }
        reader.append(unwrapInboundIn(data))
        process(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) { endFeeding(context) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isStopping = true
        // The library takes leave, but not before answers that are made. Requests that are on their way then, which it
        // would refuse, are answered here still.
        if answers == nil { stop(context) } else { isStopDue = true }
    }

    private func stop(_ context: ChannelHandlerContext) {
        isStopDue = false
        handOn(through: .max, context)
        endFeeding(context)
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    // MARK: Frames

    private func process(_ context: ChannelHandlerContext) {
        // Called from within the library: whoever is feeding it goes on behind that.
        guard !isProcessing else { return }
        isProcessing = true
        while self.context != nil, waiting == nil, let found = reader.next() {
            clock.set(.seconds(TransportTimes.idleSecondsMax))
            switch found {
            case .greeting(let bytes): feed(bytes, context)
            case .frame(let head, let frame): take(head, frame, context)
            case .block(let head, let block, let frames): begin(head, block, of: frames, context)
            case .breach(let bytes): giveUp(bytes, context)
            }
        }
        isProcessing = false
    }

    private func take(_ head: FrameHead, _ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        switch head.kind {
        case FrameHead.Kind.data: takeData(head, frame, context)
        case FrameHead.Kind.resetStream, FrameHead.Kind.windowUpdate: takeNote(head, frame, context)
        case FrameHead.Kind.settings:
            if answers == nil { settle(head, frame, context) } else { waiting = (head, frame) }
        // At a farewell's answer the library closes the connection.
        case _ where isStopping && answers != nil: waiting = (head, frame)
        default: feed(frame, context)
        }
    }

    /// Lets the library have the rest of the connection, which begins with what it will not stand for.
    private func giveUp(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        handOn(through: .max, context)
        feed(bytes, context)
    }

    /// Ends the connection for a breach that the library cannot see.
    private func fail(_ reason: HTTP2Reason, _ context: ChannelHandlerContext) {
        var frame = ByteBuffer()
        frame.writeGoAway(last: last, reason)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        self.context = nil
        (answers, waiting, arriving) = (nil, nil, ArrivingStreams())
        context.close(promise: nil)
    }

    private func settle(_ head: FrameHead, _ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        if !head.has(FrameHead.Flag.acknowledgement) {
            var payload = frame
            payload.moveReaderIndex(forwardBy: FrameHead.bytesCount)
            settings.take(payload)
        }
        feed(frame, context)
    }

    // MARK: Streams

    private func begin(
        _ head: FrameHead,
        _ bytes: ByteBuffer,
        of frames: ByteBuffer,
        _ context: ChannelHandlerContext
    ) {
        // The same bytes that cannot be read here cannot be read by the library, whose table is empty.
        guard let block = blocks.read(bytes) else {
            if case .breach(let bytes) = reader.breach(frames) { giveUp(bytes, context) }
            return
        }
        let isOdd = head.stream & 1 == 1
        if isOdd, head.stream > last {
            last = head.stream
            if take(head, block, context) { return }
        } else if isOdd, head.stream > lastHandedOn, arriving[head.stream] == nil {
            if !arriving.wasGivenUp(head.stream) { fail(.streamClosed, context) }
            return
        }
        handOn(through: head.stream, context)
        if isOdd { lastHandedOn = max(lastHandedOn, head.stream) }
        var handedOn = ByteBuffer()
        handedOn.writeHeaders(block.literals, of: head.stream, endsStream: head.endsStream)
        feed(handedOn, context)
    }

    /// Begins a request; false when it is the library's.
    private func take(_ head: FrameHead, _ block: HeaderBlock, _ context: ChannelHandlerContext) -> Bool {
        guard !settings.isTableResized, allowance.lane > 0, context.channel.isWritable,
            arriving.count + streamsInLibrary < streamsMax, let plain = block.plain,
            (plain.bodyBytes ?? 0) <= Self.bodyBytesMax,
            let call = plain.line.withUnsafeBytes({ calls.call($0) })
        else { return false }
        let stream = ArrivingStream(
            head.stream,
            block,
            call,
            isWhole: head.endsStream,
            now: context.eventLoop.now
        )
        if head.endsStream { return answer(stream, context) }
        arriving.append(stream)
        watch(context)
        return true
    }

    private func takeData(_ head: FrameHead, _ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        guard let stream = arriving[head.stream] else {
            if arriving.wasGivenUp(head.stream) { return giveBack(head.payloadBytes, context) }
            guard head.stream & 1 == 0 || head.stream <= lastHandedOn || head.stream > last else {
                return fail(.streamClosed, context)
            }
            return feed(frame, context)
        }
        guard !head.has(FrameHead.Flag.padded), head.payloadBytes > 0 || head.endsStream,
            arriving.bodyBytes + head.payloadBytes <= Self.bodyBytesMax
        else {
            handOn(through: head.stream, context)
            return feed(frame, context)
        }
        var body = frame
        body.moveReaderIndex(forwardBy: FrameHead.bytesCount)
        arriving.append(body, to: stream)
        guard head.endsStream else { return }
        stream.isWhole = true
        if answer(stream, context) {
            arriving.remove(stream)
        } else {
            handOn(through: head.stream, context)
        }
    }

    /// Takes word that a client gives up a stream, or lets it or the connection send more.
    private func takeNote(_ head: FrameHead, _ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        let isUpdate = head.kind == FrameHead.Kind.windowUpdate
        let number: UInt32? = frame.getInteger(at: frame.readerIndex + FrameHead.bytesCount)
        guard head.payloadBytes == 4, let number, number > 0 || !isUpdate else {
            handOn(through: head.stream, context)
            return feed(frame, context)
        }
        if head.stream == 0, isUpdate {
            let rest = allowance.granted(Int(number & 0x7FFF_FFFF))
            if rest > 0 { tellLibrary(of: rest, context) }
        } else if let stream = arriving[head.stream] {
            guard !isUpdate || !stream.allow(number & 0x7FFF_FFFF) else { return }
            handOn(through: head.stream, context)
            feed(frame, context)
        } else if head.stream & 1 == 0 || head.stream <= lastHandedOn || head.stream > last {
            feed(frame, context)
        }
        // All others are answered or given up: it comes too late.
    }

    private func answer(_ stream: ArrivingStream, _ context: ChannelHandlerContext) -> Bool {
        let body = stream.body ?? ByteBuffer()
        guard (stream.block.plain?.bodyBytes ?? body.readableBytes) == body.readableBytes else {
            return false
        }
        let began = NIODeadline.now()
        let isAnswered = body.withUnsafeReadableBytes {
            calls.answer(stream.call, body: $0, into: &turn.scratch)
        }
        guard isAnswered else { return false }
        defer { turn.wipeScratch() }
        let count = turn.scratch.count
        guard count <= min(FrameHead.payloadBytesMax, settings.streamAllowance, allowance.lane) else {
            return false
        }
        var buffer = answers ?? context.channel.allocator.buffer(capacity: 512)
        answers = nil
        buffer.writeAnswer(turn.scratch, on: stream.number)
        allowance.laneSent(count)
        if let returned = received.take(body.readableBytes) { buffer.writeWindowUpdate(0, by: returned) }
        answers = buffer
        turn.add(stream.call.subject, began: began, of: self, on: context.eventLoop)
        return true
    }

    // MARK: The library

    private func feed(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        isLibraryFed = true
        context.fireChannelRead(wrapInboundOut(bytes))
    }

    private func endFeeding(_ context: ChannelHandlerContext) {
        guard isLibraryFed else { return }
        isLibraryFed = false
        context.fireChannelReadComplete()
    }

    /// Hands streams that are still arriving on, up to a number, with all that came of them.
    private func handOn(through number: UInt32, _ context: ChannelHandlerContext) {
        while let stream = arriving.removeFirst(through: number) {
            lastHandedOn = stream.number
            feed(stream.frames, context)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var returned = 0
        unwrapOutboundIn(data).withUnsafeReadableBytes { bytes in
            sent.follow(bytes) { head in
                switch head.kind {
                case FrameHead.Kind.data: returned += allowance.librarySent(head.payloadBytes)
                case FrameHead.Kind.headers: settings.isTableResized = false
                case FrameHead.Kind.goAway: isGoingAway = !isStopping
                default: break
                }
            }
        }
        context.write(data, promise: promise)
        guard returned > 0 else { return }
        // Not in the midst of what the library is doing now.
        context.eventLoop.assumeIsolated().execute { [weak self] in
            guard let self, let context = self.context else { return }
            tellLibrary(of: returned, context)
            endFeeding(context)
        }
    }

    /// Tells it that it may send so much more.
    private func tellLibrary(of count: Int, _ context: ChannelHandlerContext) {
        var frame = ByteBuffer()
        frame.writeWindowUpdate(0, by: count)
        feed(frame, context)
    }

    // MARK: Time

    /// Called when nothing came for a while: a connection whose streams are all answered is let go.
    func wasSilent() {
        guard let context else { return }
        guard streamsInLibrary == 0, arriving.count == 0 else {
            return clock.set(.seconds(TransportTimes.idleSecondsMax))
        }
        // Who does not answer a farewell either is not there any more.
        if isStopping { return context.close(promise: nil) }
        clock.set(.seconds(TransportTimes.headSecondsMax))
        context.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// Sees to it that requests which do not arrive in time are given up.
    private func watch(_ context: ChannelHandlerContext) {
        bodyClock?.set(arriving.firstDeadline.map { $0 - context.eventLoop.now })
    }

    private func giveUpLate() {
        guard let context else { return }
        for stream in arriving.giveUpLate(context.eventLoop.now) {
            var frame = ByteBuffer()
            frame.writeReset(stream.number, .cancel)
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
            giveBack(stream.body?.readableBytes ?? 0, context)
        }
        watch(context)
    }

    /// Lets the client send again what it sent for nothing.
    private func giveBack(_ count: Int, _ context: ChannelHandlerContext) {
        guard let returned = received.take(count) else { return }
        var frame = ByteBuffer()
        frame.writeWindowUpdate(0, by: returned)
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    // MARK: Answers

    func turnFailed() {
        answers = nil
        context?.close(promise: nil)
    }

    func turnEnded() {
        guard let context else { return }
        if let bytes = answers {
            answers = nil
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
        if let (head, frame) = waiting {
            waiting = nil
            take(head, frame, context)
            process(context)
            endFeeding(context)
        }
        if isStopDue { stop(context) }
    }
}
