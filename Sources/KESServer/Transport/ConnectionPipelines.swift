import NIOCore
import NIOHTTP1
import NIOHTTP2

/// What stands in the pipeline of a connection once its protocol is known.
enum ConnectionPipelines {
    private static let headerBytesMax = 32 * 1024
    private static let headersMax = 200
    private static let streamsMax = 250

    static func configureHTTP1(_ channel: any Channel, _ peer: Peer, _ door: KESDoor) throws {
        let phase = ConnectionPhase(ConnectionClock(channel))
        let turn = door.turns.current(door)
        let lane = HTTP1Lane(ImmediateCalls(peer, door), turn, phase) { [unowned channel] lane in
            try addLibrary(channel, peer, door, phase, lane)
        }
        try channel.pipeline.syncOperations.addHandler(lane)
    }

    /// Puts the HTTP library at the end of the pipeline.
    private static func addLibrary(
        _ channel: any Channel,
        _ peer: Peer,
        _ door: KESDoor,
        _ phase: ConnectionPhase,
        _ lane: HTTP1Lane
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerBytesMax
        limits.maxHeaderListSize = headerBytesMax
        limits.maxHeaderFieldCount = headersMax
        let handler = RequestHandler(peer: peer, door: door, phase: phase, closesAtEnd: false)
        handler.onAnswer = { [unowned lane] in lane.libraryAnswered() }
        try channel.pipeline.syncOperations.addHandlers(
            HTTPResponseEncoder(),
            ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
            ),
            HTTPServerPipelineHandler(),
            HTTPServerProtocolErrorHandler(),
            handler
        )
    }

    static func configureHTTP2(_ channel: any Channel, _ peer: Peer, _ door: KESDoor) throws {
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: streamsMax),
            HTTP2Setting(parameter: .maxHeaderListSize, value: headerBytesMax),
        ]
        // How long it may be idle is up to the lane, which knows of all streams.
        let times = NIOHTTP2ServerConnectionManagementHandler.Configuration(
            maxIdleTime: nil,
            maxAge: nil,
            maxGraceTime: .seconds(TransportTimes.farewellSecondsMax),
            keepalive: nil
        )
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: times
        )
        let clock = ConnectionClock(channel)
        let lane = HTTP2Lane(
            ImmediateCalls(peer, door),
            door.turns.current(door),
            clock,
            headerBytesMax: headerBytesMax,
            streamsMax: streamsMax
        )
        clock.onStrike = { [weak lane] in lane?.wasSilent() }
        let streams = HTTP2StreamMultiplexer(mode: .server, channel: channel) { stream in
            stream.eventLoop.makeCompletedFuture {
                let phase = ConnectionPhase(ConnectionClock(stream))
                try stream.pipeline.syncOperations.addHandlers(
                    HTTP2FramePayloadToHTTP1ServerCodec(),
                    RequestHandler(peer: peer, door: door, phase: phase, closesAtEnd: true)
                )
            }
        }
        try channel.pipeline.syncOperations.addHandlers(
            lane,
            WriteGathering(),
            NIOHTTP2Handler(mode: .server, connectionConfiguration: connection),
            LibraryStreams(lane),
            manager,
            streams
        )
    }
}
