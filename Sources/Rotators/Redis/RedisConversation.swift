import NIOCore
import NIOPosix
import NIOSSL
import SecretsManager

/// Questions and answers on one connection to Redis, one after the other.
struct RedisConversation {
    /// What the reasons of failures call the server.
    let server: String
    private var answers: NIOAsyncChannelInboundStream<RESPValue>.AsyncIterator
    private let questions: NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// Connects, with TLS where `authorities` are given, lets `body` ask, and closes.
    ///
    /// - Parameters:
    ///   - credentials: Which server; its certificate must have the name of the host.
    ///   - addresses: Where it is; the first that takes the connection.
    ///   - authorities: A file of certificates, for credentials that use TLS.
    ///   - secondsMax: How long connecting may take, and how long all questions together.
    ///   - body: What to ask.
    /// - Returns: What the body returns.
    /// - Throws: `.temporary` when the server cannot be reached, is not who it should be, or is too slow.
    static func hold<Outcome: Sendable>(
        with credentials: DatabaseCredentials,
        at addresses: [String],
        authorities: String,
        secondsMax: Int,
        _ body: (inout RedisConversation) async throws(RotationFailure) -> Outcome
    ) async throws(RotationFailure) -> Outcome {
        let server = credentials.server
        do {
            let channel = try await connect(credentials, addresses, authorities, secondsMax)
            let limit = channel.channel.eventLoop.scheduleTask(in: .seconds(Int64(secondsMax))) {
                channel.channel.close(mode: .all, promise: nil)
            }
            defer { limit.cancel() }
            return try await channel.executeThenClose { inbound, outbound in
                var conversation = RedisConversation(
                    server: server,
                    answers: inbound.makeAsyncIterator(),
                    questions: outbound
                )
                return try await body(&conversation)
            }
        } catch let failure as RotationFailure {
            throw failure
        } catch {
            throw .temporary("\(server) cannot be reached: \(error)")
        }
    }

    /// Sends a command and waits for its answer.
    mutating func ask(_ words: String...) async throws(RotationFailure) -> RESPValue {
        try await ask(words)
    }

    mutating func ask(_ words: [String]) async throws(RotationFailure) -> RESPValue {
        var command = ByteBuffer(string: "*\(words.count)\r\n")
        for word in words { command.writeString("$\(word.utf8.count)\r\n\(word)\r\n") }
        do {
            try await questions.write(command)
            if let answer = try await answers.next(isolation: #isolation) { return answer }
        } catch is MalformedAnswer {
            throw .temporary("\(server) does not speak Redis's protocol.")
        } catch {
            throw .temporary("\(server): the connection failed: \(error)")
        }
        throw .temporary("\(server) closed the connection, or did not answer in time.")
    }

    private static func connect(
        _ credentials: DatabaseCredentials,
        _ addresses: [String],
        _ authorities: String,
        _ secondsMax: Int
    ) async throws -> NIOAsyncChannel<RESPValue, ByteBuffer> {
        let tls = credentials.usesTLS ? try Self.tls(authorities) : nil
        // An address is no name for TLS; the certificate must have it all the same.
        let name = addresses.contains(credentials.host) ? nil : credentials.host
        var failure: (any Error)?
        for address in addresses {
            do {
                return try await connect(address, credentials.port, tls, name, secondsMax)
            } catch {
                failure = failure ?? error
            }
        }
        throw failure ?? RotationFailure.temporary("\(credentials.host) has no address.")
    }

    private static func connect(
        _ address: String,
        _ port: Int,
        _ tls: NIOSSLContext?,
        _ name: String?,
        _ secondsMax: Int
    ) async throws -> NIOAsyncChannel<RESPValue, ByteBuffer> {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(Int64(secondsMax)))
            .connect(host: address, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: name)
                        )
                    }
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(RESPDecoder()))
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    private static func tls(_ authorities: String) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(authorities)
        configuration.certificateVerification = .fullVerification
        configuration.minimumTLSVersion = .tlsv12
        return try NIOSSLContext(configuration: configuration)
    }
}
