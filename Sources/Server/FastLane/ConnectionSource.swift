import AWSProtocol
import NIOCore
import NIOSSL
import Operations

/// Where the requests of one connection come from; looked up at the first of them.
struct ConnectionSource {
    private let isSecure: Bool
    private var knownAddress: String?
    private var knownVersion: String?

    init(isSecure: Bool) {
        self.isSecure = isSecure
    }

    /// The peer's address without its port.
    mutating func address(_ context: ChannelHandlerContext) -> String {
        if let knownAddress { return knownAddress }
        let address = context.remoteAddress?.ipAddress ?? ""
        knownAddress = address
        return address
    }

    /// What the handshake agreed on; nil on a connection without TLS.
    mutating func tls(_ context: ChannelHandlerContext, _ headers: HeaderList) -> CallSource.TLSDetails? {
        guard isSecure else { return nil }
        let version: String
        if let knownVersion {
            version = knownVersion
        } else {
            // It fails only where there is no TLS handler, and then nothing was agreed on.
            let found = try? context.channel.pipeline.syncOperations.nioSSL_tlsVersion()
            version = found?.cloudTrailName ?? ""
            knownVersion = version
        }
        return CallSource.TLSDetails(
            version: version,
            cipherSuite: "",
            clientProvidedHostHeader: headers["host"] ?? ""
        )
    }
}
