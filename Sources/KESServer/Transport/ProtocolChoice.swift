import Foundation
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
        // What the authorities said in the first handshake of a session is not said anew in the next.
        guard certificates.areInForce(context, at: door.log.date) else { return context.close(promise: nil) }
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
    private let trust: ClientTrust
    private var chain: [NIOSSLCertificate]?

    init(_ trust: ClientTrust) { self.trust = trust }

    func note(_ chain: [NIOSSLCertificate]) { self.chain = chain }

    func identity(_ context: ChannelHandlerContext) -> Result<Identity, KESError> {
        let shown = chain ?? kept(context).map { [$0] } ?? []
        return Result { () throws(KESError) in try ClientCertificates.identity(of: shown) }
    }

    /// False where a session is resumed whose certificate counted only until it expired.
    ///
    /// That no session outlives the authorities themselves is the TLS library's doing: each time they are read it
    /// draws the keys anew that sessions are sealed with.
    func areInForce(_ context: ChannelHandlerContext, at date: Date) -> Bool {
        guard chain == nil, case .authorities = trust, let kept = kept(context) else { return true }
        return Double(kept.notValidAfter) >= date.timeIntervalSince1970
    }

    /// A handshake that resumes an earlier one shows no chain anew, only what was kept of it.
    private func kept(_ context: ChannelHandlerContext) -> NIOSSLCertificate? {
        try? context.pipeline.syncOperations.nioSSL_peerCertificate()
    }
}
