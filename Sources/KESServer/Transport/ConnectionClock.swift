import NIOCore

/// How long a peer may take, in seconds.
enum TransportTimes {
    /// For the head of a request, from its first byte or from the end of the handshake on.
    static let headSecondsMax: Int64 = 5
    /// Between requests.
    static let idleSecondsMax: Int64 = 90
    /// For those that are being answered, when the server stops.
    static let farewellSecondsMax: Int64 = 1
}

/// Closes a channel at a moment that keeps being moved: one scheduled task, however often it moves back.
///
/// Belongs to one event loop.
final class ConnectionClock {
    private let channel: any Channel
    private var deadline: NIODeadline?
    /// The one task that looks at the clock, and when.
    private var scheduled: (task: Scheduled<Void>, moment: NIODeadline)?
    /// What is done when the moment comes: closing the channel, unless something else is set.
    var onStrike: () -> Void

    init(_ channel: any Channel) {
        self.channel = channel
        onStrike = { channel.close(promise: nil) }
    }

    /// Nil stops the clock.
    func set(_ time: TimeAmount?) {
        deadline = time.map { channel.eventLoop.now + $0 }
        guard let deadline, scheduled.map({ deadline < $0.moment }) ?? true else { return }
        scheduled?.task.cancel()
        schedule(deadline)
    }

    private func schedule(_ moment: NIODeadline) {
        let task = channel.eventLoop.assumeIsolated().scheduleTask(deadline: moment) { [weak self] in
            guard let self else { return }
            strike()
        }
        scheduled = (task, moment)
    }

    private func strike() {
        scheduled = nil
        guard let deadline, channel.isActive else { return }
        if deadline <= channel.eventLoop.now {
            self.deadline = nil
            onStrike()
        } else {
            schedule(deadline)
        }
    }
}

/// Where one HTTP/1 connection, or one stream of HTTP/2, stands, and how long it may stay there.
final class ConnectionPhase {
    private enum Phase { case idle, head, request }

    private let clock: ConnectionClock
    private var phase = Phase.head

    init(_ clock: ConnectionClock) {
        self.clock = clock
        clock.set(.seconds(TransportTimes.headSecondsMax))
    }

    func bytesArrived() {
        guard phase == .idle else { return }
        phase = .head
        clock.set(.seconds(TransportTimes.headSecondsMax))
    }

    /// A head arrived; nil lets the request take any time.
    func requestBegan(milliseconds: Int64?) {
        phase = .request
        clock.set(milliseconds.map { .milliseconds($0) })
    }

    func requestEnded() {
        phase = .idle
        clock.set(.seconds(TransportTimes.idleSecondsMax))
    }

    /// The connection is closed.
    func ended() { clock.set(nil) }
}
