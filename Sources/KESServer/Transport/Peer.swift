import KES

/// The other end of one connection, known when its handshake is over.
struct Peer: Sendable {
    /// The address without its port.
    let address: String
    /// Who it is by its certificate, or why it is nobody.
    let identity: Result<Identity, KESError>
}
