import KES
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOSSL
import NIOTLS

/// Waits for the handshake, and then sets up HTTP/2 or HTTP/1.1 as both sides agreed.
final class ProtocolChoice: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let certificates: ShownCertificates
    private let door: KESDoor

    init(_ certificates: ShownCertificates, _ door: KESDoor) {
        self.certificates = certificates
        self.door = door
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        let peer = Peer(
            address: context.remoteAddress?.ipAddress ?? "",
            identity: certificates.identity(context)
        )
        let pipeline = context.pipeline.syncOperations
        do {
            if negotiated == "h2" {
                try ConnectionPipelines.configureHTTP2(context.channel, peer, door)
            } else {
                try ConnectionPipelines.configureHTTP1(context.channel, peer, door)
            }
            context.fireUserInboundEventTriggered(event)
            pipeline.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A handshake that failed: the peer got its alert, and there is nobody else to tell.
        context.close(promise: nil)
    }
}

/// Keeps the certificates that the peer of one connection shows in its handshake.
final class ShownCertificates {
    private var chain: [NIOSSLCertificate]?

    func note(_ chain: [NIOSSLCertificate]) { self.chain = chain }

    func identity(_ context: ChannelHandlerContext) -> Result<Identity, KESError> {
        // A handshake that resumes an earlier one shows no chain anew, only what was kept of it.
        let kept = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
        let shown = chain ?? kept.map { [$0] } ?? []
        return Result { () throws(KESError) in try ClientCertificates.identity(of: shown) }
    }
}
