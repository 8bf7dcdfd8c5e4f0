import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Listens on an address and gives each request to a responder, over HTTP/1.1 with or without TLS.
struct DoorListener: Sendable {
    typealias Responder = HTTPChannelHandler.Responder

    let address: DoorAddress
    let tls: DoorTLS?
    let limits: DoorLimits
    let logger: Logger

    /// The service that listens until it is told to stop, and then finishes the requests it has.
    ///
    /// It calls `onRunning` with its address once connections are accepted.
    func service(
        responder: @escaping Responder,
        onRunning: @escaping @Sendable (String) async -> Void
    ) throws(DoorError) -> any Service {
        do {
            return try builder().buildServer(
                configuration: ServerConfiguration(
                    address: .hostname(address.host, port: address.port),
                    backlog: 1024,
                    availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsMax)
                ),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: logger,
                responder: responder,
                onServerRunning: { [address] channel in
                    await onRunning(address.description(boundTo: channel.localAddress?.port))
                }
            )
        } catch {
            throw .tls(reason: "\(error)")
        }
    }

    private func builder() throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(configuration: configuration)
        guard let tls else { return plain }
        return try .tls(plain, tlsConfiguration: tls.configuration)
    }

    private var configuration: HTTP1Channel.Configuration {
        let limits = limits
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestDeadline(limit: .seconds(limits.arrivalSecondsMax))],
            idleTimeout: .seconds(limits.idleSecondsMax),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytesMax,
                maxHeaderListSize: limits.headerBytesMax,
                maxHeaderFieldCount: limits.headersMax
            )
        )
    }
}

/// Why a door cannot be opened.
package enum DoorError: Error {
    case tls(reason: String)
}

extension DoorError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tls(let reason): "TLS cannot be set up: \(reason)"
        }
    }
}
