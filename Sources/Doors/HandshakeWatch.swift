package import NIOCore
import NIOTLS
import Synchronization

/// Keeps connections from staying in the middle of a TLS handshake: each may take so long, and when too many are
/// unfinished at a time the oldest give way.
///
/// A handshake costs memory before anything is known of the peer. An honest one is over in milliseconds, so an
/// old unfinished one is hardly ever that of an honest peer, while a fixed number of places would be taken by
/// whoever never finishes. In a rush, an honest one may need its second.
package final class HandshakeLimit: Sendable {
    fileprivate struct Unfinished {
        var connections: [UInt64: (channel: any Channel, begin: NIODeadline)] = [:]
        var next: UInt64 = 0
        /// None older than this is unfinished.
        var oldest: UInt64 = 0
    }

    private let countMax: Int
    private let unfinished = Mutex(Unfinished())

    /// How old a handshake must be to give way, unless there are `rushFactor` times as many as allowed.
    private static let grace = TimeAmount.seconds(1)
    private static let rushFactor = 8

    package init(_ countMax: Int) {
        self.countMax = countMax
    }

    /// Counts a connection in, and closes those that are too many, two at most for each that comes.
    func begin(_ channel: any Channel, at now: NIODeadline) -> UInt64 {
        let (number, excess) = unfinished.withLock { unfinished in
            let number = unfinished.next
            unfinished.next += 1
            unfinished.connections[number] = (channel, now)
            return (number, [removeExcess(&unfinished, now), removeExcess(&unfinished, now)])
        }
        for channel in excess { channel?.close(promise: nil) }
        return number
    }

    func end(_ number: UInt64) {
        unfinished.withLock { _ = $0.connections.removeValue(forKey: number) }
    }

    private func removeExcess(_ unfinished: inout Unfinished, _ now: NIODeadline) -> (any Channel)? {
        guard unfinished.connections.count > countMax, let oldest = unfinished.findOldest(),
            oldest.begin + Self.grace < now || unfinished.connections.count > countMax * Self.rushFactor
        else { return nil }
        unfinished.connections[unfinished.oldest] = nil
        return oldest.channel
    }
}

extension HandshakeLimit.Unfinished {
    fileprivate mutating func findOldest() -> (channel: any Channel, begin: NIODeadline)? {
        while oldest < next {
            if let connection = connections[oldest] { return connection }
            oldest += 1
        }
        return nil
    }
}

/// Times one connection's handshake and leaves when it is done.
package final class HandshakeWatch: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = NIOAny

    private let limit: HandshakeLimit
    private let time: TimeAmount
    private var number: UInt64?
    private var deadline: Scheduled<Void>?

    package init(limit: HandshakeLimit, time: TimeAmount) {
        self.limit = limit
        self.time = time
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        number = limit.begin(context.channel, at: context.eventLoop.now)
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) { end() }

    package func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Told on first: a handler that has left tells nobody.
        context.fireUserInboundEventTriggered(event)
        if case .handshakeCompleted? = event as? TLSUserEvent {
            end()
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    private func end() {
        deadline?.cancel()
        deadline = nil
        number.map(limit.end)
        number = nil
    }
}
