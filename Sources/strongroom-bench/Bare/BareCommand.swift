import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Serves one constant answer, to show what a server costs that does nothing.
struct BareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bare",
        abstract: "Answer every request with a constant as long as an answer to Encrypt.",
        discussion: "Prints its port when it listens, and runs until it is killed. One event loop per core."
    )

    @Flag(help: "Without NIO's HTTP codec: look for the end of a request and nothing else.")
    var raw = false

    @Option(help: "A PEM file with a certificate chain: serve TLS.")
    var tlsCertificate: String?

    @Option(help: "A PEM file with the certificate's private key.")
    var tlsKey: String?

    @Flag(help: "Ask clients for a certificate, and take any.")
    var tlsClients = false

    @Option(help: "The port of 127.0.0.1 to listen on; 0 for any.")
    var port = 0

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together")
        }
        guard !tlsClients || tlsKey != nil else {
            throw ValidationError("--tls-clients needs --tls-certificate")
        }
    }

    func run() async throws {
        let tls = try tlsContext()
        let (isRaw, asksClients) = (raw, tlsClients)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(Self.handler(tls, asking: asksClients)) }
                    if isRaw {
                        try pipeline.addHandler(RawHandler())
                    } else {
                        try pipeline.configureHTTPServerPipeline()
                        try pipeline.addHandler(HTTPHandler())
                    }
                }
            }
            .bind(host: "127.0.0.1", port: port)
            .get()
        try JSONOutput.write(["port": server.localAddress?.port ?? port])
        try await server.closeFuture.get()
    }

    private func tlsContext() throws -> NIOSSLContext? {
        guard let tlsCertificate, let tlsKey else { return nil }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(tlsCertificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: tlsKey, format: .pem))
        )
        if tlsClients {
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates([])
            configuration.verifySignatureAlgorithms = [.ed25519, .ecdsaSecp256R1Sha256]
        }
        return try NIOSSLContext(configuration: configuration)
    }

    private static func handler(_ context: NIOSSLContext, asking: Bool) -> NIOSSLServerHandler {
        guard asking else { return NIOSSLServerHandler(context: context) }
        return NIOSSLServerHandler(context: context) { _, promise in promise.succeed(.certificateVerified) }
    }
}
