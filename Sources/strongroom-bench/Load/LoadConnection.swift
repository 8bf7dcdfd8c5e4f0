import BenchmarkKit
import Glibc

/// One connection and the request that it waits for.
final class LoadConnection {
    let transport: Transport
    /// From when the latency of the request under way counts; nil while there is none.
    var askedAt: UInt64?
    /// What of the request is not sent yet.
    var unsent: UnsafeRawBufferPointer?
    /// An answer that came in pieces, as far as it is here.
    private var pieces: [UInt8] = []
    /// Nil on HTTP/1.1.
    private var streams: HTTP2Client?
    /// The request on its way on HTTP/2, which is written anew for its stream.
    private var frames = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init(_ transport: Transport, isHTTP2: Bool) {
        self.transport = transport
        streams = isHTTP2 ? HTTP2Client() : nil
    }

    /// Sends what a connection of HTTP/2 begins with.
    func greet() throws(LoadError) {
        let greeting = HTTP2Client.greeting
        guard case .bytes(greeting.count) = greeting.withUnsafeBytes({ transport.write($0) }) else {
            throw .tls("the greeting was not taken")
        }
    }

    /// The bytes of a request as they go out on this connection; valid until the next is prepared.
    func prepare(_ request: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard streams != nil else { return request }
        if frames.count != request.count {
            frames.deallocate()
            frames = .allocate(byteCount: request.count, alignment: 16)
        }
        frames.copyMemory(from: request)
        streams?.number(frames)
        return UnsafeRawBufferPointer(frames)
    }

    deinit { frames.deallocate() }

    enum Arrival {
        case answer(asExpected: Bool)
        case incomplete
        case fault(String)
    }

    /// Takes bytes that have come; `see` is shown an answer that is not as expected.
    func take(
        _ bytes: UnsafeRawBufferPointer,
        expecting expectation: Expectation,
        see: (UnsafeRawBufferPointer) -> Void
    ) -> Arrival {
        if streams != nil { return takeFrames(bytes, expecting: expectation, see: see) }
        if pieces.isEmpty {
            let arrival = Self.judge(bytes, expectation, see)
            if case .incomplete = arrival { pieces.append(contentsOf: bytes) }
            return arrival
        }
        pieces.append(contentsOf: bytes)
        let arrival = pieces.withUnsafeBytes { Self.judge($0, expectation, see) }
        if case .incomplete = arrival { return arrival }
        pieces.removeAll(keepingCapacity: true)
        return arrival
    }

    /// Sends a request and waits for the answer, which must be as expected.
    func exchange(_ request: UnsafeRawBufferPointer, expecting expectation: Expectation) throws(LoadError) {
        guard case .bytes(request.count) = transport.write(prepare(request)) else {
            throw .answer("the request was not taken")
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            switch transport.read(into: buffer) {
            case .wait:
                var wanted = pollfd(fd: transport.descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&wanted, 1, 10_000) == 1 else { throw .answer("none in ten seconds") }
            case .closed: throw .answer("closed by the server")
            case .failed(let reason): throw .answer(reason)
            case .bytes(let count):
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                switch take(bytes, expecting: expectation, see: { _ in }) {
                case .answer(asExpected: true): return
                case .answer(asExpected: false): throw .answer("unexpected")
                case .fault(let reason): throw .answer(reason)
                case .incomplete: continue
                }
            }
        }
    }

    private func takeFrames(
        _ bytes: UnsafeRawBufferPointer,
        expecting expectation: Expectation,
        see: (UnsafeRawBufferPointer) -> Void
    ) -> Arrival {
        do throws(HTTP2Fault) {
            guard let isExpected = try streams?.take(bytes, containing: expectation.pattern) else {
                return .incomplete
            }
            if !isExpected { see(bytes) }
            return .answer(asExpected: isExpected)
        } catch {
            see(bytes)
            return .fault("no answer of HTTP/2: \(error)")
        }
    }

    private static func judge(
        _ bytes: UnsafeRawBufferPointer,
        _ expectation: Expectation,
        _ see: (UnsafeRawBufferPointer) -> Void
    ) -> Arrival {
        do throws(HTTPFault) {
            guard let message = try HTTPMessage.answer(in: bytes) else { return .incomplete }
            guard message.byteCount == bytes.count else {
                see(bytes)
                return .fault("bytes behind the answer")
            }
            let isExpected = expectation.isMet(by: message, in: bytes)
            if !isExpected { see(bytes) }
            return .answer(asExpected: isExpected)
        } catch {
            see(bytes)
            return .fault("no HTTP answer: \(error)")
        }
    }
}
