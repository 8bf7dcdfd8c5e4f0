package import Doors
import NIOCore
import NIOExtras
import NIOPosix
import NIOSSL
import Synchronization

/// Listens, and gives each connection the configuration of the moment; a reload swaps that whole.
package final class KESDoor: Sendable {
    let meter = RequestMeter()
    let log: EventLog
    let turns = LoopTurns()
    private let current: Mutex<KESState>
    private let handshakes: HandshakeLimit
    private let limits: DoorLimits

    package init(_ state: KESState, log: EventLog, limits: DoorLimits = DoorLimits()) {
        current = Mutex(state)
        self.log = log
        self.limits = limits
        handshakes = HandshakeLimit(limits.handshakesMax)
    }

    /// What requests that begin now are answered with.
    package var state: KESState { current.withLock { $0 } }

    /// Requests that are being answered keep the old one.
    package func replace(_ state: KESState) { current.withLock { $0 = state } }

    /// Accepts connections until the returned door is closed.
    package func open(_ address: DoorAddress) async throws(DoorOpeningError) -> OpenDoor {
        let group = MultiThreadedEventLoopGroup.singleton
        let quiescing = ServerQuiescingHelper(group: group)
        let limits = limits
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(ConnectionLimit(limits.connectionsPossible))
                        try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                    }
                }
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try self.initialize(channel) }
                }
                .bind(host: address.host, port: address.port).get()
            return OpenDoor(
                address: address.description(boundTo: channel.localAddress?.port),
                channel: channel,
                quiescing: quiescing
            )
        } catch {
            throw DoorOpeningError(address: address.description(boundTo: nil), reason: "\(error)")
        }
    }

    private func initialize(_ channel: any Channel) throws {
        let security = state.security
        let certificates = ShownCertificates(security.trust)
        let tls = NIOSSLServerHandler(context: security.context) { chain, promise in
            certificates.note(chain)
            switch security.trust {
            case .anybody: promise.succeed(.certificateVerified)
            case .authorities:
                promise.completeWithTask {
                    await security.trust.accepts(chain) ? .certificateVerified : .failed
                }
            }
        }
        try channel.pipeline.syncOperations.addHandlers(
            tls,
            HandshakeWatch(limit: handshakes, time: .seconds(limits.handshakeSecondsMax)),
            ProtocolChoice(certificates, self)
        )
    }
}

/// A door that accepts connections.
package struct OpenDoor: Sendable {
    /// HOST:PORT with the port that the system chose.
    package let address: String
    private let channel: any Channel
    private let quiescing: ServerQuiescingHelper

    init(address: String, channel: any Channel, quiescing: ServerQuiescingHelper) {
        self.address = address
        self.channel = channel
        self.quiescing = quiescing
    }

    /// Accepts no more, and waits a second for those that are being answered.
    package func close() async {
        let closed = channel.eventLoop.makePromise(of: Void.self)
        let late = channel.eventLoop.scheduleTask(in: .seconds(TransportTimes.farewellSecondsMax)) {
            closed.succeed(())
        }
        let quiet = channel.eventLoop.makePromise(of: Void.self)
        quiet.futureResult.whenComplete { _ in closed.succeed(()) }
        quiescing.initiateShutdown(promise: quiet)
        // The promise is only ever succeeded; whoever waits for nothing goes on.
        _ = try? await closed.futureResult.get()
        late.cancel()
    }
}

/// Why the door cannot be opened, as a sentence for the operator.
package struct DoorOpeningError: Error, CustomStringConvertible {
    let address: String
    let reason: String

    package var description: String { "cannot listen on \(address): \(reason)" }
}
