package import Crypto

/// The parts of an HTTP request that a signature covers, free of any HTTP library's types.
///
/// They lie in one object that copies share: a request is handed through every stage, and seldom changed.
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

    private final class Parts: Sendable {
        let method: String
        let rawPath: String
        let rawQuery: String
        let headers: HeaderList
        let payload: Payload

        init(
            _ method: String,
            _ rawPath: String,
            _ rawQuery: String,
            _ headers: HeaderList,
            _ payload: Payload
        ) {
            self.method = method
            self.rawPath = rawPath
            self.rawQuery = rawQuery
            self.headers = headers
            self.payload = payload
        }
    }

    private var parts: Parts

    package init(
        method: String,
        rawPath: String,
        rawQuery: String = "",
        headers: HeaderList,
        payload: Payload
    ) {
        parts = Parts(method, rawPath, rawQuery, headers, payload)
    }

    /// In capitals, as in `POST`.
    package var method: String {
        get { parts.method }
        set { parts = Parts(newValue, rawPath, rawQuery, headers, payload) }
    }
    /// The path as on the wire, percent-encoded, without the query.
    package var rawPath: String {
        get { parts.rawPath }
        set { parts = Parts(method, newValue, rawQuery, headers, payload) }
    }
    /// All behind the question mark as on the wire; empty when there is none.
    package var rawQuery: String {
        get { parts.rawQuery }
        set { parts = Parts(method, rawPath, newValue, headers, payload) }
    }
    package var headers: HeaderList {
        get { parts.headers }
        set { parts = Parts(method, rawPath, rawQuery, newValue, payload) }
    }
    package var payload: Payload {
        get { parts.payload }
        set { parts = Parts(method, rawPath, rawQuery, headers, newValue) }
    }
}
