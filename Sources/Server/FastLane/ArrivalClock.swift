import Doors
import NIOCore
import Operations

/// Closes a connection whose request does not arrive whole in time, or on which nothing happens.
struct ArrivalClock {
    private let limits: DoorLimits
    private var arrivalSeconds: Int64
    private var arrival: Scheduled<Void>?
    private let idleness: IdleWatch

    init(limits: DoorLimits) {
        self.limits = limits
        arrivalSeconds = limits.arrivalSecondsMax
        idleness = IdleWatch(limit: .seconds(limits.idleSecondsMax))
    }

    /// Starts the time that a request may take from its first byte, unless it runs already.
    mutating func startArrival(on context: ChannelHandlerContext) {
        guard arrival == nil else { return }
        arrival = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(arrivalSeconds)) {
            context.close(promise: nil)
        }
    }

    /// Gives a request that is on its way less time, once the server is told to stop.
    mutating func hurry(on context: ChannelHandlerContext) {
        arrivalSeconds = min(arrivalSeconds, limits.farewellSecondsMax)
        guard arrival != nil else { return }
        endArrival()
        startArrival(on: context)
    }

    mutating func endArrival() {
        guard arrival != nil else { return }
        arrival?.cancel()
        arrival = nil
    }

    /// Closes the connection when there was no activity for as long as a door allows; `isBusy` says whether an
    /// answer is still to come.
    func watchIdleness(on context: ChannelHandlerContext, isBusy: @escaping () -> Bool) {
        idleness.start(on: context, isBusy: isBusy)
    }

    /// The event loop reads the same clock.
    func noteActivity(at now: MonotonicTime) { idleness.last = .uptimeNanoseconds(now.nanoseconds) }

    mutating func stop() {
        endArrival()
        idleness.stop()
    }
}

/// Looks at a connection as often as it may be idle, not at every request.
private final class IdleWatch {
    var last = NIODeadline.now()
    private let limit: TimeAmount
    private var next: Scheduled<Void>?

    init(limit: TimeAmount) {
        self.limit = limit
    }

    func start(on context: ChannelHandlerContext, isBusy: @escaping () -> Bool) {
        let due = isBusy() ? .now() + limit : last + limit
        next = context.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
            guard let self else { return }
            if !isBusy(), NIODeadline.now() >= last + limit {
                context.close(promise: nil)
            } else {
                start(on: context, isBusy: isBusy)
            }
        }
    }

    func stop() {
        next?.cancel()
        next = nil
    }
}
