import HTTPTypes
import HummingbirdCore
import NIOCore

/// Tells monitoring and load balancers how the server is: `/metrics`, `/healthz` and `/readyz`.
///
/// It asks for no credentials, so nothing on it may be secret, and nothing it answers may cost much.
struct ConsoleDoor: Sendable {
    let metrics: MetricsPage
    let readiness: ReadinessMonitor

    @concurrent func respond(
        to request: Request,
        with writer: consuming ResponseWriter,
        on channel: any Channel
    ) async throws {
        let page = page(for: request)
        var fields: HTTPFields = [
            .contentType: page.contentType, .contentLength: String(page.body.count),
            .cacheControl: "no-store",
        ]
        if page.status == .methodNotAllowed { fields[.allow] = "GET, HEAD" }
        // What answers HEAD has the length of the body and not the body (RFC 9110 section 9.3.2).
        let isHead = request.method == .head
        try await writer.write(
            response: HTTPResponse(status: page.status, headerFields: fields),
            body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: page.body))
        )
    }

    private struct Page {
        let status: HTTPResponse.Status
        let contentType: String
        let body: [UInt8]

        static func text(_ status: HTTPResponse.Status, _ text: String) -> Page {
            Page(status: status, contentType: "text/plain; charset=utf-8", body: Array((text + "\n").utf8))
        }
    }

    private func page(for request: Request) -> Page {
        guard request.method == .get || request.method == .head else {
            return .text(.methodNotAllowed, "method not allowed")
        }
        switch request.uri.path {
        case "/healthz": return .text(.ok, "ok")
        case "/readyz": return readyPage(isVerbose: request.uri.queryParameters["verbose"] != nil)
        case "/metrics":
            return Page(status: .ok, contentType: PrometheusText.contentType, body: metrics.text())
        default: return .text(.notFound, "not found")
        }
    }

    private func readyPage(isVerbose: Bool) -> Page {
        let report = readiness.report()
        let status: HTTPResponse.Status = report.isReady ? .ok : .serviceUnavailable
        guard isVerbose else { return .text(status, report.text) }
        return Page(status: status, contentType: "application/json", body: report.json)
    }
}
