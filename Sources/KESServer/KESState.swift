package import KES

/// Everything that a request is answered by: immutable, and swapped whole when the configuration is read again.
package final class KESState: Sendable {
    /// What the configuration says of one route.
    package struct RouteSettings: Hashable, Sendable {
        /// Nil for ever.
        package var secondsMax: Double?
        /// Whether anybody may call it, with or without a certificate.
        package var isOpen: Bool

        package init(secondsMax: Double?, isOpen: Bool) {
            self.secondsMax = secondsMax
            self.isOpen = isOpen
        }
    }

    /// Servers in front that speak TLS with clients and hand their certificates on.
    package struct Proxies: Sendable {
        package let identities: Set<Identity>
        /// The header with the client's certificate, as PEM with percent-escapes.
        package let header: String

        package init(identities: Set<Identity>, header: String) {
            self.identities = identities
            self.header = header
        }
    }

    /// What clients are told of the server.
    package struct About: Sendable {
        package let version: String
        package let commit: String
        package let startedAt: Moment

        package init(version: String, commit: String, startedAt: Moment) {
            self.version = version
            self.commit = commit
            self.startedAt = startedAt
        }
    }

    let keys: KESKeyService
    let policies: PolicySet
    let proxies: Proxies
    let about: About
    let security: TransportSecurity
    private let routes: [Route: RouteSettings]

    init(
        keys: KESKeyService,
        policies: PolicySet,
        routes: [Route: RouteSettings],
        proxies: Proxies,
        about: About,
        security: TransportSecurity
    ) {
        self.keys = keys
        self.policies = policies
        self.routes = routes
        self.proxies = proxies
        self.about = about
        self.security = security
    }

    func settings(of route: Route) -> RouteSettings {
        routes[route] ?? RouteSettings(secondsMax: route.secondsMaxDefault, isOpen: false)
    }

    /// Lets a caller through to a route, or says why not.
    func admit(_ identity: Result<Identity, KESError>, to route: Route, path: String) throws(AdmissionFailure)
    {
        if settings(of: route).isOpen || route.admission == .everybody { return }
        let caller: Identity
        switch identity {
        case .success(let identity): caller = identity
        case .failure(let error): throw AdmissionFailure(error: error, reason: error.message)
        }
        guard route.admission == .policy else { return }
        let decision = policies.decide(caller, path: Array(path.utf8))
        guard decision.isAllowed else {
            throw AdmissionFailure(error: .notAllowed, reason: decision.explanation(caller, path))
        }
    }
}

/// Why a caller is not let through: what it hears, and what the operator reads.
struct AdmissionFailure: Error {
    let error: KESError
    let reason: String
}

extension KESState {
    /// The same over other certificates.
    func with(security: TransportSecurity) -> KESState {
        KESState(
            keys: keys,
            policies: policies,
            routes: routes,
            proxies: proxies,
            about: about,
            security: security
        )
    }
}
