package import Doors
package import Foundation
package import KES
import NIOCore
import Synchronization

/// A KES server from its configuration to its end.
package final class KESServerProcess: Sendable {
    /// Where the configuration comes from, and what the command line adds.
    package struct Launch: Sendable {
        /// Reads the configuration anew; called at the start and for each reload.
        package var configuration: @Sendable () async throws -> KESConfiguration
        /// Opens the key store that a configuration names.
        package var keyStore: @Sendable (KeyStoreSettings) async throws -> HeldKeyStore
        package var version: String
        /// Where to listen instead of where the configuration says.
        package var address: DoorAddress?
        /// What to prove the server with instead of the configuration's files.
        package var certificate: (@Sendable (KESConfiguration.TLS) throws -> ServerCertificate)
        /// Whether clients' certificates are verified where the configuration does not say.
        package var verifiesClients: Bool
        /// The server that this one is a part of; nil when it stands alone.
        package var host: EventLog.Host?

        package init(
            configuration: @escaping @Sendable () async throws -> KESConfiguration,
            keyStore: @escaping @Sendable (KeyStoreSettings) async throws -> HeldKeyStore,
            version: String,
            address: DoorAddress?,
            certificate: @escaping @Sendable (KESConfiguration.TLS) throws -> ServerCertificate,
            verifiesClients: Bool,
            host: EventLog.Host? = nil
        ) {
            self.configuration = configuration
            self.keyStore = keyStore
            self.version = version
            self.address = address
            self.certificate = certificate
            self.verifiesClients = verifiesClients
            self.host = host
        }
    }

    package let log: EventLog
    package let configuration: KESConfiguration
    package let storeSummary: String
    private let launch: Launch
    private let door: KESDoor
    private let current: Mutex<Parts>
    private let startedAt: Moment
    private let now: @Sendable () -> Date

    /// What a reload replaces beside the door's state.
    private struct Parts {
        var configuration: KESConfiguration
        var state: KESState
        /// Keeps the cache clean and looks whether the key store is there.
        var upkeep: Task<Void, Never>
    }

    /// Reads the configuration, opens the key store and makes the keys that are to be there.
    ///
    /// - Throws: A sentence for the operator; nothing is listening then.
    package init(_ launch: Launch, now: @escaping @Sendable () -> Date) async throws {
        self.launch = launch
        self.now = now
        startedAt = Moment(now())
        log = EventLog(now: now, host: launch.host)
        let configuration = try await launch.configuration()
        let (state, held) = try await Self.state(configuration, launch, log, startedAt, now)
        self.configuration = configuration
        storeSummary = state.keys.store.summary
        var limits = DoorLimits()
        if launch.host == nil { limits.doors = 1 }
        door = KESDoor(state, log: log, limits: limits)
        current = Mutex(
            Parts(configuration: configuration, state: state, upkeep: Self.upkeep(of: state, held, log))
        )
        log.setLevels(error: configuration.errorLog.level, audit: configuration.auditLog.level)
    }

    /// Accepts connections.
    package func open() async throws(DoorOpeningError) -> OpenDoor {
        for warning in configuration.warnings { log.note(.warning, warning) }
        let listen = configuration.address
        let host = listen.host.contains(":") ? "[\(listen.host)]" : listen.host
        guard let address = launch.address ?? DoorAddress("\(host):\(listen.port)") else {
            throw DoorOpeningError(address: "\(listen.host):\(listen.port)", reason: "it is no address")
        }
        return try await door.open(address)
    }

    /// Reads everything anew; connections stay, and requests under way keep what they began with.
    ///
    /// When anything is wrong, all stays as it was.
    package func reload() async {
        do {
            let configuration = try await launch.configuration()
            let (state, held) = try await Self.state(configuration, launch, log, startedAt, now)
            let replaced = current.withLock { parts in
                let old = parts.upkeep
                parts = Parts(
                    configuration: configuration,
                    state: state,
                    upkeep: Self.upkeep(of: state, held, log)
                )
                return old
            }
            replaced.cancel()
            door.replace(state)
            log.setLevels(error: configuration.errorLog.level, audit: configuration.auditLog.level)
            for warning in configuration.warnings { log.note(.warning, warning) }
            log.note(.info, "configuration reloaded")
        } catch {
            log.note(.error, "configuration not reloaded, the earlier one stays in force: \(error)")
        }
    }

    /// Reads the certificate files anew, which others renew without telling.
    package func reloadCertificates() {
        let (configuration, state) = current.withLock { ($0.configuration, $0.state) }
        do {
            let renewed = state.with(security: try Self.security(configuration, launch))
            current.withLock { $0.state = renewed }
            door.replace(renewed)
        } catch {
            log.note(.error, "certificates not read again, the earlier ones stay in use: \(error)")
        }
    }

    /// Stops what goes on beside requests.
    package func end() { current.withLock { $0.upkeep.cancel() } }

    /// Looks after the cache and the key store, and closes the store when another has taken its place.
    ///
    /// The task belongs to the parts, which cancel it when they are replaced and at the end.
    private static func upkeep(of state: KESState, _ held: HeldKeyStore, _ log: EventLog) -> Task<Void, Never>
    {
        Task {
            // It ends only by being cancelled.
            _ = try? await state.keys.run()
            // Requests that began with this store may still need it; a task of its own, as this one is cancelled.
            _ = await Task { try? await Task.sleep(for: storeFarewell) }.value
            do {
                try await held.close()
            } catch {
                log.note(.warning, "the earlier key store was not closed: \(error)")
            }
        }
    }

    private static let storeFarewell = Duration.seconds(30)
}

/// A key store that a server uses, and how to close it.
package struct HeldKeyStore: Sendable {
    let store: any KeyStore
    let close: @Sendable () async throws -> Void

    package init(store: any KeyStore, close: @escaping @Sendable () async throws -> Void) {
        self.store = store
        self.close = close
    }
}

// MARK: From configuration to state

extension KESServerProcess {
    private static func state(
        _ configuration: KESConfiguration,
        _ launch: Launch,
        _ log: EventLog,
        _ startedAt: Moment,
        _ now: @escaping @Sendable () -> Date
    ) async throws -> (state: KESState, held: HeldKeyStore) {
        let security = try security(configuration, launch)
        let routes = try routes(configuration)
        let held = try await launch.keyStore(configuration.keyStore)
        let keys = KESKeyService(
            store: held.store,
            expiry: configuration.cache,
            time: ServiceTime(ContinuousClock()) { Moment(now()) }
        ) { call, error in
            log.note(.error, "failed to \(call.rawValue): \(error)")
        }
        do {
            try await keys.createMissing(configuration.keys, by: configuration.admin?.text ?? "")
        } catch {
            try await held.close()
            throw KESServerError("keys: \(error.message)")
        }
        let state = KESState(
            keys: keys,
            policies: configuration.policies,
            routes: routes,
            proxies: KESState.Proxies(
                identities: configuration.tls.proxy?.identities ?? [],
                header: configuration.tls.proxy?.certificateHeader
                    ?? KESConfiguration.Proxy.certificateHeaderDefault
            ),
            about: KESState.About(version: launch.version, commit: "", startedAt: startedAt),
            security: security
        )
        return (state, held)
    }

    private static func security(
        _ configuration: KESConfiguration,
        _ launch: Launch
    ) throws -> TransportSecurity {
        let verifies = configuration.tls.verifiesClients ?? launch.verifiesClients
        return try TransportSecurity(
            try launch.certificate(configuration.tls),
            trust: verifies
                ? TransportSecurity.authorities(beside: configuration.tls.authoritiesPath ?? "") : .anybody,
            requiresCertificate: !configuration.routes.values.contains { $0.skipsAuthentication }
        )
    }

    private static func routes(_ configuration: KESConfiguration) throws -> [Route: KESState.RouteSettings] {
        var routes: [Route: KESState.RouteSettings] = [:]
        for (path, options) in configuration.routes {
            guard let route = Route(rawValue: path) else {
                throw KESServerError("api: '\(path)' is no route; '/v1/api' of a running server lists them")
            }
            routes[route] = KESState.RouteSettings(
                secondsMax: options.timeout.map { $0 / .seconds(1) } ?? route.secondsMaxDefault,
                isOpen: options.skipsAuthentication
            )
        }
        return routes
    }
}

/// Why the server cannot start, as a sentence for the operator.
package struct KESServerError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
