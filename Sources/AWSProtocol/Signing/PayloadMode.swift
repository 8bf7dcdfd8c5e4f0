/// How a signature covers the body.
package enum PayloadMode: Hashable, Sendable {
    /// The hash of the body itself; no header declares it.
    case body
    /// The hash that `x-amz-content-sha256` declares, 64 lower-case digits.
    case sha256(String)
    /// The body is not covered.
    case unsigned
    /// The body comes in chunks, each with a signature; a signed trailer may follow.
    case signedChunks(trailer: Bool)
    /// The body comes in chunks without signatures, and a trailer with a checksum follows.
    case unsignedChunks

    static let unsignedText = "UNSIGNED-PAYLOAD"
    static let signedChunksText = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    static let signedChunksTrailerText = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
    static let unsignedChunksText = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

    /// Reads `x-amz-content-sha256`; nil for anything else than a hash or the modes above.
    init?(_ text: String) {
        switch text {
        case Self.unsignedText: self = .unsigned
        case Self.signedChunksText: self = .signedChunks(trailer: false)
        case Self.signedChunksTrailerText: self = .signedChunks(trailer: true)
        case Self.unsignedChunksText: self = .unsignedChunks
        default:
            guard text.utf8.count == 64,
                text.utf8.allSatisfy({ $0.isASCIIDigit || $0 &- UInt8(ascii: "a") < 6 })
            else { return nil }
            self = .sha256(text)
        }
    }

    /// The last line of the canonical request; nil where it is the hash of the body.
    var text: String? {
        switch self {
        case .body: nil
        case .sha256(let hash): hash
        case .unsigned: Self.unsignedText
        case .signedChunks(trailer: false): Self.signedChunksText
        case .signedChunks(trailer: true): Self.signedChunksTrailerText
        case .unsignedChunks: Self.unsignedChunksText
        }
    }
}
