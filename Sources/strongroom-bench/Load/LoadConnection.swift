import BenchmarkKit

/// One connection and the request that it waits for.
final class LoadConnection {
    let transport: Transport
    /// From when the latency of the request under way counts; nil while there is none.
    var askedAt: UInt64?
    /// What of the request is not sent yet.
    var unsent: UnsafeRawBufferPointer?
    /// An answer that came in pieces, as far as it is here.
    private var pieces: [UInt8] = []

    init(_ transport: Transport) {
        self.transport = transport
    }

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
