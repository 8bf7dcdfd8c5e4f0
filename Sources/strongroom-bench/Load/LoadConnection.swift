import BenchmarkKit
import Glibc

/// One connection and the requests that it waits for: one on HTTP/1.1, one a stream on HTTP/2.
final class LoadConnection {
    /// What came of bytes that arrived.
    enum Arrival {
        /// `asked` is from when the latency counts.
        case answer(asExpected: Bool, asked: UInt64)
        case fault(String)
    }

    let transport: Transport
    /// What of the requests is not sent yet.
    private(set) var unsent: [UInt8] = []
    /// The requests that are not answered; stream 0 on HTTP/1.1.
    private var waiting: [(stream: UInt32, asked: UInt64)] = []
    /// An answer that came in pieces, as far as it is here.
    private var pieces: [UInt8] = []
    /// Nil on HTTP/1.1.
    private var streams: HTTP2Client?
    /// A request of HTTP/2 as it goes out, numbered for its stream.
    private var frames = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init(_ transport: Transport, isHTTP2: Bool) {
        self.transport = transport
        streams = isHTTP2 ? HTTP2Client() : nil
    }

    deinit { frames.deallocate() }

    /// From when the latency of the requests counts that are not answered.
    var askedTimes: [UInt64] { waiting.map(\.asked) }

    // MARK: Asking

    /// Sends what a connection of HTTP/2 begins with.
    func greet() throws(LoadError) {
        guard
            case .bytes(HTTP2Client.greeting.count) = HTTP2Client.greeting.withUnsafeBytes({
                transport.write($0)
            })
        else { throw .answer("the greeting was not taken") }
    }

    /// Sends a request, or as much of it as is taken; the rest is ``unsent``.
    func ask(_ request: UnsafeRawBufferPointer, at time: UInt64) -> TransferOutcome {
        guard streams != nil else {
            waiting.append((0, time))
            return send(request)
        }
        if frames.count != request.count {
            frames.deallocate()
            frames = .allocate(byteCount: request.count, alignment: 16)
        }
        frames.copyMemory(from: request)
        waiting.append((streams?.number(frames) ?? 0, time))
        return send(UnsafeRawBufferPointer(frames))
    }

    /// Sends what was not taken before.
    func sendRest() -> TransferOutcome {
        let rest = unsent
        unsent = []
        return rest.withUnsafeBytes { send($0) }
    }

    private func send(_ bytes: UnsafeRawBufferPointer) -> TransferOutcome {
        // Behind what waits already.
        guard unsent.isEmpty else {
            unsent.append(contentsOf: bytes)
            return .wait
        }
        let outcome = transport.write(bytes)
        switch outcome {
        case .bytes(let count): unsent.append(contentsOf: bytes[count...])
        case .wait: unsent.append(contentsOf: bytes)
        case .closed, .failed: break
        }
        return outcome
    }

    // MARK: Hearing

    /// Takes bytes that have come and tells what they make whole; `see` is shown what is not as expected.
    func take(
        _ bytes: UnsafeRawBufferPointer,
        expecting expectation: Expectation,
        see: (UnsafeRawBufferPointer) -> Void,
        _ body: (Arrival) -> Void
    ) {
        if streams != nil { return takeFrames(bytes, expectation, see, body) }
        if pieces.isEmpty {
            if !judge(bytes, expectation, see, body) { pieces.append(contentsOf: bytes) }
            return
        }
        pieces.append(contentsOf: bytes)
        if pieces.withUnsafeBytes({ judge($0, expectation, see, body) }) {
            pieces.removeAll(keepingCapacity: true)
        }
    }

    private func takeFrames(
        _ bytes: UnsafeRawBufferPointer,
        _ expectation: Expectation,
        _ see: (UnsafeRawBufferPointer) -> Void,
        _ body: (Arrival) -> Void
    ) {
        do throws(HTTP2Fault) {
            try streams?.take(bytes, containing: expectation.pattern) { stream, isExpected in
                if !isExpected { see(bytes) }
                body(answer(on: stream, isExpected))
            }
        } catch {
            see(bytes)
            body(.fault("no answer of HTTP/2: \(error)"))
        }
    }

    private func answer(on stream: UInt32, _ isExpected: Bool) -> Arrival {
        guard let index = waiting.firstIndex(where: { $0.stream == stream }) else {
            return .fault("an answer to nothing")
        }
        return .answer(asExpected: isExpected, asked: waiting.remove(at: index).asked)
    }

    /// False while the answer is not whole.
    private func judge(
        _ bytes: UnsafeRawBufferPointer,
        _ expectation: Expectation,
        _ see: (UnsafeRawBufferPointer) -> Void,
        _ body: (Arrival) -> Void
    ) -> Bool {
        do throws(HTTPFault) {
            guard let message = try HTTPMessage.answer(in: bytes) else { return false }
            guard message.byteCount == bytes.count else {
                see(bytes)
                body(.fault("bytes behind the answer"))
                return true
            }
            let isExpected = expectation.isMet(by: message, in: bytes)
            if !isExpected { see(bytes) }
            body(answer(on: 0, isExpected))
        } catch {
            see(bytes)
            body(.fault("no HTTP answer: \(error)"))
        }
        return true
    }

    /// Sends a request and waits for the answer, which must be as expected.
    func exchange(_ request: UnsafeRawBufferPointer, expecting expectation: Expectation) throws(LoadError) {
        _ = ask(request, at: 0)
        guard unsent.isEmpty else { throw .answer("the request was not taken") }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)
        defer { buffer.deallocate() }
        var arrival: Arrival?
        while true {
            switch transport.read(into: buffer) {
            case .wait:
                var wanted = pollfd(fd: transport.descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&wanted, 1, 10_000) == 1 else { throw .answer("none in ten seconds") }
            case .closed: throw .answer("closed by the server")
            case .failed(let reason): throw .answer(reason)
            case .bytes(let count):
                take(
                    .init(rebasing: buffer[..<count]),
                    expecting: expectation,
                    see: { _ in },
                    { arrival = $0 }
                )
                switch arrival {
                case .answer(asExpected: true, asked: _): return
                case .answer: throw .answer("unexpected")
                case .fault(let reason): throw .answer(reason)
                case nil: continue
                }
            }
        }
    }
}
