import HTTPTypes
import HummingbirdCore
import NIOCore

/// Tells load balancers and supervisors how the server is: `/healthz` and `/readyz`.
struct ConsoleDoor: Sendable {
    /// Nil when requests can be served; else why not, without anything secret.
    let unreadiness: @Sendable () async -> String?

    @concurrent func respond(
        to request: Request,
        with writer: consuming ResponseWriter,
        on channel: any Channel
    ) async throws {
        let (status, text) = await answer(request)
        let body = ByteBuffer(string: text + "\n")
        let fields: HTTPFields = [
            .contentType: "text/plain; charset=utf-8", .contentLength: String(body.readableBytes),
            .cacheControl: "no-store",
        ]
        try await writer.write(
            response: HTTPResponse(status: status, headerFields: fields),
            body: ResponseBody(byteBuffer: body)
        )
    }

    private func answer(_ request: Request) async -> (HTTPResponse.Status, String) {
        guard request.method == .get else { return (.methodNotAllowed, "method not allowed") }
        switch request.uri.path {
        case "/healthz": return (.ok, "ok")
        case "/readyz":
            if let reason = await unreadiness() { return (.serviceUnavailable, reason) }
            return (.ok, "ready")
        default: return (.notFound, "not found")
        }
    }
}
