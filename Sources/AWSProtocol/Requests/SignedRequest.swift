package import Crypto

/// The parts of an HTTP request that a signature covers, free of any HTTP library's types.
package struct SignedRequest: Sendable {
    /// What is known of the body.
    package enum Payload: Sendable {
        case bytes([UInt8])
        /// The body was hashed while it came in.
        case sha256(SHA256Digest)
        /// The body has not been read: the hash the headers declare is taken, and whoever reads the body
        /// holds it against `SignatureClaim.payload`.
        case unread
    }

    /// In capitals, as in `POST`.
    package var method: String
    /// The path as on the wire, percent-encoded, without the query.
    package var rawPath: String
    /// All behind the question mark as on the wire; empty when there is none.
    package var rawQuery: String
    package var headers: HeaderList
    package var payload: Payload

    package init(
        method: String,
        rawPath: String,
        rawQuery: String = "",
        headers: HeaderList,
        payload: Payload
    ) {
        self.method = method
        self.rawPath = rawPath
        self.rawQuery = rawQuery
        self.headers = headers
        self.payload = payload
    }
}
