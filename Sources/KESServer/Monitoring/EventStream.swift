import NIOCore
import NIOHTTP1
import Synchronization

/// Sends events, one JSON object a line, to all clients that follow them.
///
/// A client that does not take them as fast as they come misses some; the server never waits for it.
final class EventStream: Sendable {
    private struct Followers {
        var channels: [UInt64: any Channel] = [:]
        var next: UInt64 = 0
    }

    private let followers = Mutex(Followers())
    /// So that nobody takes the lock to find that nobody follows.
    private let count = Atomic(0)
    private let sent = Atomic(0)

    /// Clients at a time; a further one is refused.
    static let followersMax = 100

    var isFollowed: Bool { count.load(ordering: .relaxed) > 0 }

    var isFull: Bool { count.load(ordering: .relaxed) >= Self.followersMax }

    /// How many events went out.
    var eventsSent: Int { sent.load(ordering: .relaxed) }

    /// Nil when there are too many.
    func follow(_ channel: any Channel) -> UInt64? {
        followers.withLock { followers in
            guard followers.channels.count < Self.followersMax else { return nil }
            let number = followers.next
            followers.next += 1
            followers.channels[number] = channel
            count.store(followers.channels.count, ordering: .relaxed)
            return number
        }
    }

    func leave(_ number: UInt64) {
        followers.withLock { followers in
            followers.channels[number] = nil
            count.store(followers.channels.count, ordering: .relaxed)
        }
    }

    func send(_ event: [UInt8]) {
        guard isFollowed else { return }
        let channels = followers.withLock { Array($0.channels.values) }
        let line = ByteBuffer(bytes: event + [UInt8(ascii: "\n")])
        for channel in channels where channel.isWritable {
            sent.add(1, ordering: .relaxed)
            channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(line)), promise: nil)
        }
    }
}
