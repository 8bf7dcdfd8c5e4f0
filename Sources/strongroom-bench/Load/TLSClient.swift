import CBenchmark
import Glibc

/// The client's side of TLS, by OpenSSL: another implementation than the servers' own.
final class TLSClient: @unchecked Sendable {
    // Unchecked: an SSL_CTX that nobody changes any more may be shared by threads (openssl-threads(7)).
    private let context: OpaquePointer
    private let host: String

    /// - Parameters:
    ///   - authorities: A PEM file with the certificates to trust.
    ///   - host: The IPv4 address that the certificate must name.
    ///   - identity: PEM files of the certificate that this client shows, and of its key.
    ///   - speaksHTTP2: What the client offers, and nothing else.
    /// - Throws: `.tls` when a file cannot be read.
    init(
        authorities: String,
        host: String,
        identity: (certificate: String, key: String)? = nil,
        speaksHTTP2: Bool = false
    ) throws(LoadError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw .tls(Self.lastError) }
        self.context = context
        self.host = host
        guard SSL_CTX_load_verify_file(context, authorities) == 1 else { throw .tls(Self.lastError) }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if let identity {
            guard SSL_CTX_use_certificate_chain_file(context, identity.certificate) == 1,
                SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1
            else { throw .tls(Self.lastError) }
        }
        if speaksHTTP2 {
            // RFC 7301: each name behind its length. Unlike all others this call gives 0 for success.
            let names = [UInt8(2)] + Array("h2".utf8)
            guard SSL_CTX_set_alpn_protos(context, names, UInt32(names.count)) == 0 else {
                throw .tls(Self.lastError)
            }
        }
        // One read(2) a record instead of two.
        SSL_CTX_ctrl(context, SSL_CTRL_SET_READ_AHEAD, 1, nil)
        let modes =
            SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
        SSL_CTX_ctrl(context, SSL_CTRL_MODE, Int(modes), nil)
    }

    deinit { SSL_CTX_free(context) }

    /// A session over a connected socket that waits; the caller frees it, before the socket.
    func shakeHands(over descriptor: Int32) throws(LoadError) -> OpaquePointer {
        guard let session = SSL_new(context) else { throw .tls(Self.lastError) }
        guard SSL_set_fd(session, descriptor) == 1,
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1,
            SSL_connect(session) == 1
        else {
            let reason = Self.lastError
            SSL_free(session)
            throw .tls(reason)
        }
        return session
    }

    /// The error that OpenSSL noted last on this thread, which is taken off its queue.
    static var lastError: String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else {
            return errno == 0 ? "the connection was closed" : String(cString: strerror(errno))
        }
        return String(cString: reason)
    }
}
