package import SecretsManager

/// Which databases a rotator may call, and whom it believes that they are who they say.
///
/// Hosts are named by whoever may write a secret, so they are judged: those that the registration lists, or, when it
/// lists none, all but the machine itself. What only machines themselves may call is never called.
package struct DatabaseReach: Sendable {
    /// Debian's list of authorities.
    package static let authoritiesDefault = "/etc/ssl/certs/ca-certificates.crt"
    /// How long a connection, and each answer after it, may take.
    static let secondsMax = 5

    private let hosts: Set<String>
    let authorities: String
    private let addresses: any DatabaseAddresses

    /// - Parameters:
    ///   - hosts: `HOST` or `HOST:PORT`, as secrets name them.
    ///   - authorities: A file of certificates in PEM.
    ///   - addresses: Who looks hosts up.
    package init(hosts: [String], authorities: String, addresses: any DatabaseAddresses) {
        self.hosts = Set(hosts.map { $0.lowercased() })
        self.authorities = authorities
        self.addresses = addresses
    }

    /// The address at which to call the server that credentials name.
    func address(for credentials: DatabaseCredentials) async throws(RotationFailure) -> String {
        let host = credentials.host.lowercased()
        let isListed = hosts.contains(host) || hosts.contains("\(host):\(credentials.port)")
        guard hosts.isEmpty || isListed else {
            throw .permanent("\(credentials.server) is not among the hosts of the rotator's registration")
        }
        return try await addresses.address(of: credentials.host, mayBeLoopback: isListed)
    }
}

/// Finds the address of a host and judges whether it may be called on behalf of others.
package protocol DatabaseAddresses: Sendable {
    /// The address of a host, as a number.
    ///
    /// - Throws: `.temporary` when it cannot be found, `.permanent` when it may not be called.
    func address(of host: String, mayBeLoopback: Bool) async throws(RotationFailure) -> String
}
