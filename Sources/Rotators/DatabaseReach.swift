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
    /// The most addresses of a host that are tried.
    private static let addressesMax = 4

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

    /// The addresses at which to call the server that credentials name, at least one.
    func addresses(for credentials: DatabaseCredentials) async throws(RotationFailure) -> [String] {
        let host = credentials.host.lowercased()
        let isListed = hosts.contains(host) || hosts.contains("\(host):\(credentials.port)")
        guard hosts.isEmpty || isListed else {
            throw .permanent("\(credentials.server) is not among the hosts of the rotator's registration.")
        }
        let found = try await addresses.addresses(of: credentials.host, mayBeLoopback: isListed)
        guard !found.isEmpty else { throw .temporary("\(credentials.host) has no address.") }
        return Array(found.prefix(Self.addressesMax))
    }
}

/// Finds the addresses of a host and judges whether they may be called on behalf of others.
package protocol DatabaseAddresses: Sendable {
    /// The addresses of a host, as numbers.
    ///
    /// - Throws: `.temporary` when they cannot be found, `.permanent` when one may not be called.
    func addresses(of host: String, mayBeLoopback: Bool) async throws(RotationFailure) -> [String]
}
