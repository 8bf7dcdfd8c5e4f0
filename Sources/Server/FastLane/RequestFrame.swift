import AWSProtocol
import Doors

/// The head of a request as the fast lane reads it (``PlainHead``).
struct RequestFrame {
    let method: String
    let path: String
    /// Behind the question mark; empty when there is none.
    let query: String
    let headers: HeaderList
    /// With the empty line at its end.
    let headBytes: Int
    let bodyBytes: Int
    /// Whether it has an `X-Amz-Target`, as requests of the JSON protocol have.
    let namesTarget: Bool

    enum Outcome {
        /// It does not end yet.
        case incomplete
        /// Not plain enough for this parser.
        case foreign
        case frame(RequestFrame)
    }

    /// Reads the head that the bytes begin with.
    ///
    /// `searched` bytes are known not to hold the end of the head; `limits` are the door's.
    static func parse(_ bytes: UnsafeRawBufferPointer, searched: Int, limits: DoorLimits) -> Outcome {
        var places: [HeaderList.Place] = []
        places.reserveCapacity(16)
        var targets = 0
        let outcome = PlainHead.parse(
            bytes,
            searched: searched,
            bytesMax: limits.headerBytesMax,
            headersMax: limits.headersMax
        ) { name, value in
            if UnsafeRawBufferPointer(rebasing: bytes[name]).isName("x-amz-target") { targets += 1 }
            places.append(HeaderList.Place(name: name, value: value))
        }
        switch outcome {
        case .incomplete: return .incomplete
        case .foreign: return .foreign
        case .head(let head):
            return targets <= 1 ? .frame(RequestFrame(head, of: bytes, places, targets: targets)) : .foreign
        }
    }

    private init(
        _ head: PlainHead,
        of bytes: UnsafeRawBufferPointer,
        _ places: [HeaderList.Place],
        targets: Int
    ) {
        let path = bytes[head.target].prefix { $0 != UInt8(ascii: "?") }
        method = String(decoding: bytes[head.method], as: UTF8.self)
        self.path = String(decoding: path, as: UTF8.self)
        query = String(decoding: bytes[head.target].dropFirst(path.count + 1), as: UTF8.self)
        headers = HeaderList(over: UnsafeRawBufferPointer(rebasing: bytes[..<head.headBytes]), at: places)
        headBytes = head.headBytes
        bodyBytes = head.bodyBytes
        namesTarget = targets == 1
    }
}
