import AsyncHTTPClient
package import KES
import NIOCore
import NIOHTTP1
import NIOSSL

/// HTTP for key stores, over connections that are kept.
package struct HTTPClientExchange: HTTPExchange {
    private let client: HTTPClient
    private let patience: Int64

    /// `shutdown()` must be called before the last copy goes.
    ///
    /// All waiting may take `patience` times as long as usual, for machines that have too much to do.
    package init(patience: Int64 = 1) { self.init(tls: nil, patience: patience) }

    /// With certificates of its own: `tls` names authorities to trust instead of the system's, and what to show.
    package init(_ tls: VaultSettings.TLS) throws(KeyStoreError) {
        self.init(tls: try tls.configuration(), patience: 1)
    }

    private init(tls: TLSConfiguration?, patience: Int64) {
        self.patience = patience
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.tlsConfiguration = tls
        configuration.timeout = .init(connect: .seconds(5 * patience), read: .seconds(10 * patience))
        // The attempts are counted by the stores.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    package func shutdown() async throws { try await client.shutdown() }

    package func answer(to call: HTTPCall) async throws(KeyStoreError) -> HTTPAnswer {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        if !call.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: call.body)) }
        let (seconds, attoseconds) = (call.timeout * Int(patience)).components
        let timeout = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        do {
            let response = try await client.execute(request, timeout: timeout)
            let buffer = try await response.body.collect(upTo: call.bytesMax)
            return HTTPAnswer(status: Int(response.status.code), body: Array(buffer.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw .unavailable(reason: "\(call.url) gives an answer of more than \(call.bytesMax) bytes")
        } catch {
            throw .unreachable(reason: "\(call.url): \(error)")
        }
    }
}

extension VaultSettings.TLS {
    fileprivate func configuration() throws(KeyStoreError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        do {
            if let authoritiesPath {
                // Read here, so that a file that is none is told at the start.
                _ = try NIOSSLContext(configuration: Self.trusting(authoritiesPath))
                configuration.trustRoots = .file(authoritiesPath)
            }
            if let keyPath, let certificatePath {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificatePath)
                    .map { .certificate($0) }
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyPath, format: .pem))
            }
        } catch {
            throw .unavailable(reason: "keystore.vault.tls: a file cannot be used: \(error)")
        }
        return configuration
    }

    private static func trusting(_ path: String) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(path)
        return configuration
    }
}
