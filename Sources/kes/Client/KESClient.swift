import AWSProtocol
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Speaks with a server: the first endpoint that answers.
struct KESClient {
    private let client: HTTPClient
    private let endpoints: [String]

    enum Method: String { case get = "GET", post = "POST", delete = "DELETE" }

    private static let answerBytesMax = 16 << 20
    private static let secondsMax: Int64 = 30

    /// Gives a client to `body`, and closes its connections behind it.
    static func with<Result>(
        _ options: ClientOptions,
        _ body: (KESClient) async throws -> Result
    ) async throws -> Result {
        var configuration = HTTPClient.Configuration(tlsConfiguration: try options.tls())
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        // Else a handshake that fails is tried again until that time is over, and nobody is told why it takes so long.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(KESClient(client: client, endpoints: try options.endpoints()))
            try await client.shutdown()
            return result
        } catch {
            try await client.shutdown()
            throw error
        }
    }

    /// Calls a route and gives its answer, or throws the message of its error.
    func call(_ method: Method, _ path: String, _ body: [UInt8]? = nil) async throws -> [UInt8] {
        let response = try await send(method, path, body, deadline: .now() + .seconds(Self.secondsMax))
        let bytes = Array(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
        guard response.status == .ok else { throw CommandFailure(Self.message(bytes, response.status)) }
        return bytes
    }

    func json(_ method: Method, _ path: String, _ body: [UInt8]? = nil) async throws -> JSON {
        let bytes = try await call(method, path, body)
        guard let json = try? JSON.parse(bytes) else {
            throw CommandFailure("the server's answer to \(path) is no JSON")
        }
        return json
    }

    /// Gives each line of an answer that does not end to `body`.
    func follow(_ path: String, _ body: (JSON) -> Void) async throws {
        let response = try await send(.get, path, nil, deadline: .distantFuture)
        guard response.status == .ok else {
            let bytes = Array(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
            throw CommandFailure(Self.message(bytes, response.status))
        }
        var rest: [UInt8] = []
        for try await chunk in response.body {
            rest += chunk.readableBytesView
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if let event = try? JSON.parse(Array(rest[..<end])) { body(event) }
                rest.removeSubrange(...end)
            }
        }
    }

    /// The first endpoint's URL without its scheme.
    var place: String { endpoints.first.map { String($0.dropFirst("https://".count)) } ?? "" }

    private func send(
        _ method: Method,
        _ path: String,
        _ body: [UInt8]?,
        deadline: NIODeadline
    ) async throws -> HTTPClientResponse {
        var failure: any Error = CommandFailure("no server endpoint specified")
        for endpoint in endpoints {
            var request = HTTPClientRequest(url: endpoint + path)
            request.method = HTTPMethod(rawValue: method.rawValue)
            if let body { request.body = .bytes(body) }
            do {
                return try await client.execute(request, deadline: deadline)
            } catch {
                failure = CommandFailure("\(endpoint.dropFirst("https://".count)): \(Self.reason(error))")
            }
        }
        throw failure
    }

    /// The reason as the library tells it, and what to do where newcomers stumble.
    private static func reason(_ error: any Error) -> String {
        let text = "\(error)"
        guard text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate")
        else {
            return text
        }
        return "nobody whom this machine trusts vouches for the server's certificate. Trust it with "
            + "SSL_CERT_FILE=public.crt, the server's certificate or its authority, or skip the check with -k"
    }

    /// What an error's body says; servers write `message`, and some `error`.
    private static func message(_ body: [UInt8], _ status: HTTPResponseStatus) -> String {
        let json = try? JSON.parse(body)
        if let text = json?["error"]?.text ?? json?["message"]?.text { return text }
        return "\(status.code) \(status.reasonPhrase)"
    }
}
