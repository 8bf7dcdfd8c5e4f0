import BenchmarkKit
import Glibc

/// What all threads of a load have in common.
struct LoadPlan: Sendable {
    enum Pace: Sendable {
        /// Every connection waits for its answer before it asks again.
        case closed
        /// So many requests a second of all connections together, answered or not.
        case open(rate: Double)
        /// As `closed`, but so many requests and then no more.
        case counted(Int)
    }

    let address: sockaddr_in
    let tls: TLSClient?
    var isHTTP2 = false
    /// How many requests a connection waits for at a time.
    var streams = 1
    /// Whether each connection makes a request as soon as it is open, which does not count.
    var asksAtOnce = false
    let requests: RequestList
    let expectation: Expectation
    let pace: Pace
    let threads: Int
    /// Over all threads.
    let connections: Int
    /// New connections per second, over all threads.
    let connectionRate: Double

    /// When to start, and between which times to count; nanoseconds of the ``MonotonicClock``.
    struct Times: Sendable {
        let start: UInt64
        let countedFrom: UInt64
        let end: UInt64
        /// When to give up waiting for answers.
        let deadline: UInt64
    }
}

/// What makes an answer right.
struct Expectation: Sendable {
    let status: Int
    /// Bytes that the body must contain.
    let pattern: [UInt8]

    func isMet(by message: HTTPMessage, in bytes: UnsafeRawBufferPointer) -> Bool {
        guard message.status == status else { return false }
        let body = UnsafeRawBufferPointer(rebasing: bytes[message.body])
        return pattern.withUnsafeBytes { body.offset(of: $0) != nil }
    }
}

extension sockaddr_in {
    /// Reads `127.0.0.1:7370`.
    init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1]) else { return nil }
        self.init()
        sin_family = sa_family_t(AF_INET)
        sin_port = port.bigEndian
        guard inet_pton(AF_INET, String(parts[0]), &sin_addr) == 1 else { return nil }
    }
}
