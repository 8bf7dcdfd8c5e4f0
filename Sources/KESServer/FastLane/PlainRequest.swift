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
        let outcome = PlainHead.parse(
            bytes,
            searched: searched,
            bytesMax: headBytesMax,
            headersMax: headersMax,
            noting: { _, _ in }
        )
        switch outcome {
        case .incomplete: return .incomplete
        case .foreign: return .foreign
        case .head(let head):
            return .request(
                PlainRequest(
                    line: head.method.lowerBound..<head.target.upperBound,
                    headBytes: head.headBytes,
                    bodyBytes: head.bodyBytes
                )
            )
        }
    }
}
