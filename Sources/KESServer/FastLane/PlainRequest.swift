import Doors

/// The head of a request as the fast lane reads it (``PlainHead``).
struct PlainRequest: Equatable {
    /// Where method and path stand, as in `POST /v1/key/generate/my-key`.
    let line: Range<Int>
    /// With the empty line at its end.
    let headBytes: Int
    let bodyBytes: Int

    static let headBytesMax = 32 * 1024
    static let headersMax = 200

    enum Outcome: Equatable {
        /// It does not end yet.
        case incomplete
        /// Not plain enough for this parser.
        case foreign
        case request(PlainRequest)
    }

    /// Reads the head that the bytes begin with; `searched` of them are known not to hold its end.
    static func parse(_ bytes: UnsafeRawBufferPointer, searched: Int) -> Outcome {
        switch PlainHead.end(in: bytes, searched: searched, bytesMax: headBytesMax) {
        case .missing: return .incomplete
        case .beyondLimit: return .foreign
        case .after(let count):
            let head = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            guard let plain = PlainHead(head, headersMax: headersMax, noting: { _, _ in }) else {
                return .foreign
            }
            return .request(
                PlainRequest(
                    line: plain.method.lowerBound..<plain.target.upperBound,
                    headBytes: count,
                    bodyBytes: plain.bodyBytes
                )
            )
        }
    }
}
