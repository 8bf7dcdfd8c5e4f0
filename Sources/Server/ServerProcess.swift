import AWSProtocol
import HummingbirdCore
package import IAM
import KMS
package import Logging
import NIOCore
import Operations
import ServiceLifecycle
import Storage
package import Trail
import UnixSignals

package import struct Foundation.Date

/// A server with all its parts, from opened data to closed trail.
package struct ServerProcess: Sendable {
    package let settings: ServeSettings
    package let deployment: Deployment
    /// The first start's root access key; nil on every other.
    package let issued: IssuedAccessKey?

    let trail: TrailWriter
    let identities: IdentityDirectory
    let kms: KeyManagementService
    let follower: ChangeFollower
    let logger: Logger
    let now: @Sendable () -> Date

    /// Opens the data, makes it on the first start, and takes the right to write it.
    ///
    /// - Throws: A sentence for the operator; nothing is listening then.
    package init(
        _ settings: ServeSettings,
        logger: Logger,
        now: @escaping @Sendable () -> Date
    ) async throws(DeploymentError) {
        self.settings = settings
        self.logger = logger
        self.now = now
        let deployment = try await Deployment.open(settings.store, creating: true, now: now())
        self.deployment = deployment
        // The trail's lock comes before the first write: two servers never share a directory.
        trail = try Self.openTrail(deployment, settings, now)
        try await Self.requireStoreOfTrail(deployment)
        issued = try await Self.bootstrap(deployment, settings, at: now())
        let identities = IdentityDirectory(store: deployment.store, keyring: deployment.keyrings)
        let kms = KeyManagementService(
            store: deployment.store,
            keyring: deployment.keyrings,
            principals: identities,
            regions: settings.regions
        )
        self.identities = identities
        self.kms = kms
        do throws(StorageError) {
            follower = try await ChangeFollower(store: deployment.store) { key in
                if key == KeyringRecord.key { deployment.keyrings.noteChange() }
                identities.invalidate(key)
                kms.invalidate(key)
            } onGap: {
                deployment.keyrings.noteChange()
                identities.invalidateAll()
                kms.invalidateAll()
            }
        } catch {
            throw .store(error)
        }
    }

    /// What an earlier process that did not end in order left of the trail.
    package var recoveries: [TrailRecovery] { trail.recoveries }

    /// Serves until the process is told to stop, finishes what it began and closes the trail.
    package func run() async throws(DeploymentError) {
        let failure = await serve()
        await housekeeping.flushUses()
        var closing: DeploymentError?
        do throws(TrailError) {
            try trail.close()
        } catch {
            closing = .trail(error)
        }
        await deployment.store.close()
        if let error = failure ?? closing { throw error }
    }

    private func serve() async -> DeploymentError? {
        do {
            var configuration = ServiceGroupConfiguration(
                services: housekeeping.services + (try doors()),
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Self.quiet(logger)
            )
            // A peer may take as long as its request may to arrive; then it is cut off.
            configuration.maximumGracefulShutdownDuration = .seconds(settings.limits.arrivalSecondsMax + 5)
            try await ServiceGroup(configuration: configuration).run()
            return nil
        } catch {
            return .service(Self.sentence(for: error))
        }
    }

    private static func openTrail(
        _ deployment: Deployment,
        _ settings: ServeSettings,
        _ now: @escaping @Sendable () -> Date
    ) throws(DeploymentError) -> TrailWriter {
        let signer = try deployment.trailSigner()
        do throws(TrailError) {
            return try TrailWriter(
                directory: deployment.directory.trail,
                lanes: min(System.coreCount, 16),
                signer: signer,
                durability: settings.auditDurability,
                now: now
            )
        } catch {
            throw .trail(error)
        }
    }

    /// Refuses a store without accounts beside a trail with events: it was lost or cut off, and a new one
    /// would hide that.
    private static func requireStoreOfTrail(_ deployment: Deployment) async throws(DeploymentError) {
        let hasAccount: Bool
        do throws(IAMError) {
            hasAccount = try await deployment.administration.defaultAccount() != nil
        } catch {
            throw .identities(error)
        }
        guard !hasAccount else { return }
        let first: TrailEntry?
        do throws(TrailError) {
            first = try TrailReader(directory: deployment.directory.trail).events().next()
        } catch {
            throw .trail(error)
        }
        guard first == nil else { throw .storeLost(deployment.directory) }
    }

    private static func bootstrap(
        _ deployment: Deployment,
        _ settings: ServeSettings,
        at now: Date
    ) async throws(DeploymentError) -> IssuedAccessKey? {
        let path = deployment.directory.credentialsFile
        do throws(IAMError) {
            return try await Bootstrap.run(
                deployment.administration,
                account: settings.account,
                at: now
            ) { key throws(IAMError) in
                try CredentialsFile.write(key, region: settings.regions[0], to: path)
            }.issued
        } catch {
            throw .identities(error)
        }
    }

    /// What a bind that failed, or TLS that cannot be set up, means to an operator.
    private static func sentence(for error: any Error) -> String {
        switch error {
        case let error as DoorError: "\(error)"
        default: "The server stopped: \(error)"
        }
    }

    /// The libraries' own words about what they do are for those who look for trouble in them.
    private static func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

// MARK: Parts

extension ServerProcess {
    private var recorder: AuditRecorder {
        AuditRecorder(writer: trail) { [logger] fault in
            logger.error(
                "a request failed for a fault of the server",
                metadata: [
                    "step": "\(fault.step)", "request": "\(fault.requestID?.description ?? "-")",
                    "error": "\(fault.reason)",
                ]
            )
        }
    }

    private var housekeeping: Housekeeping {
        let logger = logger
        let scheduler = KeyScheduler(kms, recorder: recorder) { key, error in
            logger.error("a due task failed", metadata: ["record": "\(key)", "error": "\(error)"])
        }
        return Housekeeping(
            follower: follower,
            keyrings: KeyringFollower(deployment.keyrings, logger: logger),
            scheduler: scheduler,
            kms: kms,
            identities: identities,
            trail: trail,
            logger: logger,
            now: now
        )
    }

    package var gateway: AWSGateway {
        AWSGateway(
            identities: identities,
            services: [
                .kms: TableService(
                    KMSOperations.table,
                    frame: OperationFrame(service: kms, recorder: recorder)
                )
            ],
            regions: settings.regions,
            recorder: recorder,
            now: now
        )
    }

    private func doors() throws(DoorError) -> [any Service] {
        let quiet = Self.quiet(logger)
        let readiness = Readiness(doors: settings.consoleAddress == nil ? 1 : 2, logger: logger)
        let aws = AWSDoor(gateway: gateway, isSecure: settings.tls != nil, now: now)
        var doors = [
            try DoorListener(
                address: settings.awsAddress,
                tls: settings.tls,
                limits: settings.limits,
                logger: quiet
            ).service(responder: aws.respond) { await readiness.opened("aws", at: $0) }
        ]
        if let address = settings.consoleAddress {
            let console = ConsoleDoor(unreadiness: unreadiness)
            doors.append(
                try DoorListener(address: address, tls: settings.tls, limits: settings.limits, logger: quiet)
                    .service(responder: console.respond) { await readiness.opened("console", at: $0) }
            )
        }
        return doors
    }

    /// Why requests cannot be served at the moment; nil when they can.
    @Sendable private func unreadiness() async -> String? {
        guard trail.isWritable else { return "the audit trail cannot be written" }
        do throws(StorageError) {
            _ = try await deployment.store.latestChange()
            return nil
        } catch {
            return "the store cannot be read"
        }
    }
}

/// Says `ready` once, when all doors are open.
private actor Readiness {
    private let doors: Int
    private let logger: Logger
    private var open: [(name: String, address: String)] = []

    init(doors: Int, logger: Logger) {
        self.doors = doors
        self.logger = logger
    }

    func opened(_ name: String, at address: String) {
        open.append((name, address))
        guard open.count == doors else { return }
        let addresses = open.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.address)" }
        logger.notice("ready \(addresses.joined(separator: " "))")
    }
}
