import KES

/// What the server answers, before it becomes HTTP.
struct KESResponse: Sendable {
    var status: Int
    var contentType: String?
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// Success without data.
    static let empty = KESResponse(status: 200)

    static func json(_ body: [UInt8]) -> KESResponse {
        KESResponse(status: 200, contentType: "application/json", body: body)
    }

    static func object(_ members: (inout JSONText) -> Void) -> KESResponse { json(JSONText.object(members)) }

    /// An error in the form that clients parse: the message, a line feed, and the end of the object.
    static func error(_ error: KESError) -> KESResponse {
        if error == .notFound {
            return KESResponse(
                status: error.status,
                contentType: "text/plain; charset=utf-8",
                headers: [("X-Content-Type-Options", "nosniff")],
                body: Array("\(error.message)\n".utf8)
            )
        }
        var response = failure(error.status, error.message)
        if case .wrongMethod(_, let expected) = error { response.headers.append(("Accept", expected)) }
        return response
    }

    /// The request could not be written into the audit trail; its answer, whatever it was, must not leave.
    static let unrecorded = failure(503, "audit log is not available")

    private static func failure(_ status: Int, _ message: String) -> KESResponse {
        var text = JSONText()
        text.raw("{\"message\":")
        text.string(message)
        text.raw("\n}")
        return KESResponse(status: status, contentType: "application/json", body: text.bytes)
    }
}

/// How a request is answered.
enum Answer: Sendable {
    /// At once, on the event loop.
    case ready(KESResponse)
    /// When something outside has been asked.
    case later(@Sendable () async -> KESResponse)
    /// With events as they come, until the client leaves.
    case events(EventStream)
}
