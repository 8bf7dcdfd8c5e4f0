import CBenchmark
import Glibc

/// What came of reading or writing without waiting.
enum TransferOutcome {
    case bytes(Int)
    /// Nothing can be read, or written, at this time.
    case wait
    case closed
    case failed(String)
}

/// A connected socket, with or without TLS.
final class Transport {
    let descriptor: Int32
    private let session: OpaquePointer?

    /// Connects, shakes hands, and from then on never waits.
    init(to address: sockaddr_in, tls: TLSClient?) throws(LoadError) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .lastSystemError("socket") }
        self.descriptor = descriptor
        var session: OpaquePointer?
        do throws(LoadError) {
            try Self.connect(descriptor, to: address)
            session = try tls?.shakeHands(over: descriptor)
            guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw .lastSystemError("fcntl") }
        } catch {
            SSL_free(session)
            close(descriptor)
            throw error
        }
        self.session = session
    }

    deinit {
        if let session {
            // Says goodbye without waiting for an answer.
            SSL_shutdown(session)
            SSL_free(session)
        }
        close(descriptor)
    }

    private static func connect(_ descriptor: Int32, to address: sockaddr_in) throws(LoadError) {
        // For connecting and the handshake, which are waited for; a server that does not answer is an error.
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let status = withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw .lastSystemError("connect") }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransferOutcome {
        if let session {
            return tlsOutcome(SSL_read(session, buffer.baseAddress, Int32(buffer.count)), session)
        }
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        return count == 0 ? .closed : Self.systemOutcome()
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> TransferOutcome {
        if let session {
            return tlsOutcome(SSL_write(session, bytes.baseAddress, Int32(bytes.count)), session)
        }
        let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        return count >= 0 ? .bytes(count) : Self.systemOutcome()
    }

    private func tlsOutcome(_ count: Int32, _ session: OpaquePointer) -> TransferOutcome {
        if count > 0 { return .bytes(Int(count)) }
        switch SSL_get_error(session, count) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wait
        case SSL_ERROR_ZERO_RETURN: return .closed
        default: return .failed(TLSClient.lastError)
        }
    }

    private static func systemOutcome() -> TransferOutcome {
        switch errno {
        case EAGAIN, EINTR: .wait
        case ECONNRESET, EPIPE: .closed
        default: .failed(String(cString: strerror(errno)))
        }
    }
}

extension LoadError {
    static func lastSystemError(_ call: StaticString) -> LoadError {
        .system(call: call, reason: String(cString: strerror(errno)))
    }
}
