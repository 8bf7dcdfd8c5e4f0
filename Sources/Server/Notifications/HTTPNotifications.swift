import AsyncHTTPClient
import CloudTrail
import NIOCore
import NIOHTTP1
import NIOSSL

/// Posts notifications to HTTP endpoints.
///
/// A name is resolved first and the connection made to an address that was looked at, so that no name can lead where
/// an address may not. Redirects are not followed for the same reason.
struct HTTPNotifications: Sendable {
    let rules: EndpointRules
    let authorityFile: String?

    private static let connectSeconds: Int64 = 5
    private static let answerSeconds: Int64 = 15
    private static let lookup = AddressLookup(secondsMax: 5)

    func post(
        _ body: [UInt8],
        headers: [(name: String, value: String)],
        to url: EndpointURL
    ) async -> SendOutcome {
        guard let found = await Self.lookup.addresses(of: url.host) else {
            return .failed(reason: "the host's address could not be found in time")
        }
        guard !found.isEmpty else { return .failed(reason: "the host has no address") }
        var refusal = "no address is allowed"
        for address in found {
            if let reason = rules.refusal(ofAddress: address.description) {
                refusal = reason
                continue
            }
            return await post(body, headers, to: url, at: address.description)
        }
        return .failed(reason: refusal)
    }

    private func post(
        _ body: [UInt8],
        _ headers: [(name: String, value: String)],
        to url: EndpointURL,
        at address: String
    ) async -> SendOutcome {
        let client: HTTPClient
        do {
            client = try makeClient(for: url, at: address)
        } catch {
            return .failed(reason: "its certificate authorities cannot be read: \(error)")
        }
        let outcome = await attempt(body, headers, to: url, with: client)
        do {
            try await client.shutdown()
        } catch {
            // The attempt is over all the same, and its outcome known.
            return outcome
        }
        return outcome
    }

    private func attempt(
        _ body: [UInt8],
        _ headers: [(name: String, value: String)],
        to url: EndpointURL,
        with client: HTTPClient
    ) async -> SendOutcome {
        var request = HTTPClientRequest(url: url.canonicalText)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await client.execute(request, timeout: .seconds(Self.answerSeconds))
            let status = Int(response.status.code)
            return (200..<300).contains(status)
                ? .delivered : .failed(reason: "it answered with HTTP \(status)")
        } catch {
            return .failed(reason: "it cannot be reached: \(error)")
        }
    }

    private func makeClient(for url: EndpointURL, at address: String) throws -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(
            connect: .seconds(Self.connectSeconds),
            read: .seconds(Self.answerSeconds)
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        if !url.isNumeric { configuration.dnsOverride = [url.host: address] }
        if let authorityFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(authorityFile)]
            configuration.tlsConfiguration = tls
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
