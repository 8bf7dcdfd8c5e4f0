import AsyncHTTPClient
import KES
import NIOCore
import NIOHTTP1

/// Carries the calls of key stores over HTTP.
struct OutboundHTTP: HTTPExchange {
    /// Lives as long as the process.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    func answer(to call: HTTPCall) async throws(KeyStoreError) -> HTTPAnswer {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        if !call.body.isEmpty { request.body = .bytes(call.body) }
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await Self.client.execute(
                request,
                timeout: .nanoseconds(Int64(call.timeout / .nanoseconds(1)))
            )
            body = try await response.body.collect(upTo: call.bytesMax)
        } catch is NIOTooManyBytesError {
            throw .unavailable(reason: "its answer is longer than \(call.bytesMax) bytes")
        } catch {
            throw .unreachable(reason: "\(error)")
        }
        return HTTPAnswer(status: Int(response.status.code), body: Array(body.readableBytesView))
    }
}
