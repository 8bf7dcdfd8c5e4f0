import Doors
import Glibc
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
    let meter: DoorMeter
    let logger: Logger
    /// Nil for a door without a fast lane.
    var lane: FastLane.Settings?

    /// The service that listens until it is told to stop, and then finishes the requests it has.
    ///
    /// It calls `onRunning` with its address once connections are accepted.
    func service(
        responder: @escaping Responder,
        onRunning: @escaping @Sendable (String) async -> Void
    ) throws(DoorError) -> any Service {
        do {
            let server = try builder().buildServer(
                configuration: ServerConfiguration(
                    address: .hostname(address.host, port: address.port),
                    backlog: 1024,
                    availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsPossible)
                ),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: logger,
                responder: { [meter] request, writer, channel in
                    meter.requestBegan()
                    defer { meter.requestEnded() }
                    try await responder(request, writer, channel)
                },
                onServerRunning: { [address] channel in
                    await onRunning(address.description(boundTo: channel.localAddress?.port))
                }
            )
            return Listening(address: address, server: server)
        } catch {
            throw .tls(reason: "\(error)")
        }
    }

    private func builder() throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(configuration: configuration)
        guard let tls else { return plain }
        return try .tls(plain, tlsConfiguration: tls.configuration)
    }

    /// What stands in the pipeline of every connection, behind the HTTP decoder.
    private static func handlers(
        _ limits: DoorLimits,
        _ handshakes: HandshakeLimit?,
        _ lane: FastLane.Settings?
    ) -> [any RemovableChannelHandler] {
        let deadline = RequestDeadline(
            arrival: .seconds(limits.arrivalSecondsMax),
            taking: .seconds(limits.takingSecondsMax),
            farewell: .seconds(limits.farewellSecondsMax),
            lane: lane
        )
        guard let handshakes else { return [deadline] }
        return [HandshakeWatch(limit: handshakes, time: .seconds(limits.handshakeSecondsMax)), deadline]
    }

    private var configuration: HTTP1Channel.Configuration {
        let (limits, lane, meter) = (limits, lane, meter)
        let handshakes = tls == nil ? nil : HandshakeLimit(limits.handshakesMax)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionMeter(meter)] + Self.handlers(limits, handshakes, lane),
            // A lane watches by itself: the library does not see the requests that it answers.
            idleTimeout: lane == nil ? .seconds(limits.idleSecondsMax) : nil,
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
    case listening(String, reason: String)
    /// A sentence of a door that has listeners of its own.
    case service(String)
}

/// A server whose failure to listen names the address.
private struct Listening: Service {
    let address: DoorAddress
    let server: any Service

    func run() async throws {
        do {
            try await server.run()
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw DoorError.listening(address.description(boundTo: nil), reason: reason)
        } catch let error as SocketAddressError.UnknownHost {
            throw DoorError.listening(address.description(boundTo: nil), reason: "\(error)")
        }
    }
}

extension DoorError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tls(let reason): "TLS cannot be set up: \(reason)"
        case .listening(let address, let reason): "Cannot listen on \(address): \(reason)"
        case .service(let sentence): sentence
        }
    }
}
