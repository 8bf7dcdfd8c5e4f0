import Foundation
import KES
import NIOHTTP1
import NIOSSL

/// Who makes a request, and from where: the peer, or whom a trusted proxy names.
struct Caller: Sendable {
    let identity: Result<Identity, KESError>
    let address: String

    /// The header in which proxies name the address of their client.
    private static let forwardedFor = "X-Forwarded-For"

    init(_ peer: Peer, _ headers: HTTPHeaders, _ proxies: KESState.Proxies) {
        guard case .success(let identity) = peer.identity, proxies.identities.contains(identity) else {
            // Whoever is no proxy names nobody.
            self.identity = peer.identity
            address = peer.address
            return
        }
        self.identity = Result { () throws(KESError) in
            try Self.client(headers[proxies.header])
        }
        let first = headers.first(name: Self.forwardedFor)?.split(separator: ",").first
        address = first?.trimmingCharacters(in: .whitespaces) ?? peer.address
    }

    /// The identity in the header of a proxy: a PEM certificate with percent-escapes.
    private static func client(_ values: [String]) throws(KESError) -> Identity {
        guard values.count < 2 else { throw .clientCertificatesSeveral }
        guard let text = values.first?.removingPercentEncoding,
            let chain = try? NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
        else { throw .clientCertificateMissing }
        return try ClientCertificates.identity(of: chain)
    }
}
