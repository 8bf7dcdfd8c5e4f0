import Operations

/// Counts the connections and requests of one door.
final class DoorMeter: Sendable {
    private enum Counter: Int, CaseIterable {
        case opened
        case closed
        case begun
        case ended
        case failedHandshake
    }

    /// The value of the label `door`.
    let name: String
    let isSecure: Bool
    private let counters = ShardedCounters(count: Counter.allCases.count)

    init(name: String, isSecure: Bool) {
        self.name = name
        self.isSecure = isSecure
    }

    func connectionOpened() { count(.opened) }
    func connectionClosed() { count(.closed) }
    /// A request was handed to a task, where it may wait, or to a thread for long work.
    func requestBegan() { count(.begun) }
    func requestEnded() { count(.ended) }
    /// A connection ended before TLS was agreed on.
    func handshakeFailed() { count(.failedHandshake) }

    var connections: UInt64 { total(.opened) }
    // What ends is read first: a sum that misses an end shows one too many, never fewer than none.
    var openConnections: UInt64 { difference(.opened, .closed) }
    var requestsInFlight: UInt64 { difference(.begun, .ended) }
    var failedHandshakes: UInt64 { total(.failedHandshake) }

    private func count(_ counter: Counter) { counters.add(to: counter.rawValue) }

    private func total(_ counter: Counter) -> UInt64 { counters.total(counter.rawValue) }

    private func difference(_ begun: Counter, _ ended: Counter) -> UInt64 {
        let ended = total(ended)
        let begun = total(begun)
        return begun > ended ? begun - ended : 0
    }
}
