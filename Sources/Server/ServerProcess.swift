import AWSProtocol
import CloudTrail
import Doors
import HummingbirdCore
package import IAM
import KESServer
import KMS
package import Logging
import NIOCore
import Operations
import SecretsManager
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
    let secrets: SecretsManagerService
    let eventHistory: CloudTrailService
    let eventIndex: TrailIndex
    let notifications: NotificationService
    let events: EventBridgeService
    let notificationMeter = NotificationMeter()
    let rotationMeter = RotationMeter()
    let publicAddress: PublicAddress
    let follower: ChangeFollower
    /// Tells the KES door's key store what others change.
    let kesRecords: RecordWatch
    let storeMeter: StoreMeter
    let background = BackgroundMeter()
    let readiness: ReadinessMonitor
    let supervisor: ServiceManager?
    let startedAt: Date
    let contact: StoreContact
    let denials: DenialLog
    let faults: FaultLog
    let logger: Logger
    let now: @Sendable () -> Date

    /// Opens the data, makes it on the first start, and takes the right to write it.
    ///
    /// - Throws: A sentence for the operator; nothing is listening then.
    package init(
        _ settings: ServeSettings,
        supervisor: ServiceManager? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> Date
    ) async throws(DeploymentError) {
        self.settings = settings
        self.supervisor = supervisor
        self.logger = logger
        faults = FaultLog(logger: logger)
        self.now = now
        startedAt = now()
        let storeMeter = StoreMeter()
        self.storeMeter = storeMeter
        let deployment = try await Deployment.open(
            settings.store,
            creating: true,
            now: startedAt,
            observer: storeMeter.observer
        )
        self.deployment = deployment
        denials = DenialLog(logger, keyring: deployment.keyrings)
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
        let secrets = SecretsManagerService(
            store: deployment.store,
            keyring: deployment.keyrings,
            principals: identities,
            kms: kms,
            recorder: Self.recorder(of: trail, faults, denials)
        )
        self.secrets = secrets
        let notifications = NotificationService(
            store: deployment.store,
            keyring: deployment.keyrings,
            principals: identities,
            endpoints: EndpointRules(
                allowsLoopback: settings.notifications.allowsLoopback,
                sendsMail: settings.notifications.mail != nil
            ),
            observer: notificationMeter.observer(logger)
        )
        let events = EventBridgeService(
            store: deployment.store,
            keyring: deployment.keyrings,
            topics: notifications
        )
        self.notifications = notifications
        self.events = events
        (eventHistory, eventIndex) = try Self.eventHistory(of: trail, deployment)
        publicAddress = PublicAddress(configured: settings.notifications.publicURL)
        contact = StoreContact(outageMax: settings.store.outageMax)
        let kesRecords = RecordWatch()
        self.kesRecords = kesRecords
        do throws(StorageError) {
            follower = try await ChangeFollower(store: deployment.store) { key in
                if key == KeyringRecord.key { deployment.keyrings.noteChange() }
                identities.invalidate(key)
                kms.invalidate(key)
                secrets.invalidate(key)
                notifications.invalidate(key)
                events.invalidate(key)
                kesRecords.tell(key)
            } onGap: {
                deployment.keyrings.noteChange()
                identities.invalidateAll()
                kms.invalidateAll()
                secrets.invalidateAll()
                notifications.invalidateAll()
                events.invalidateAll()
                kesRecords.tell(nil)
            }
        } catch {
            throw .store(error)
        }
        readiness = Self.readiness(of: deployment, storeMeter, trail, logger)
    }

    /// What an earlier process that did not end in order left of the trail.
    package var recoveries: [TrailRecovery] { trail.recoveries }

    /// Serves until the process is told to stop, finishes what it began and closes the trail.
    package func run() async throws(DeploymentError) {
        let failure = await serve()
        faults.tellAll()
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
        // Whoever asks as soon as the doors are open gets a true answer.
        await readiness.look()
        do {
            var configuration = ServiceGroupConfiguration(
                services: try services(with: try await kesDoor()),
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Self.quiet(logger)
            )
            // A peer may take as long as its request may to arrive; then it is cut off.
            configuration.maximumGracefulShutdownDuration = .seconds(
                settings.limits.arrivalSecondsMax + 5 + Int64(settings.drainSeconds)
            )
            try await ServiceGroup(configuration: configuration).run()
            return nil
        } catch {
            return .service(Self.sentence(for: error))
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
        guard logger.logLevel > .debug else { return logger }
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}

// MARK: Parts

extension ServerProcess {
    var recorder: AuditRecorder { Self.recorder(of: trail, faults, denials) }

    private static func recorder(
        of trail: TrailWriter,
        _ faults: FaultLog,
        _ denials: DenialLog
    ) -> AuditRecorder {
        AuditRecorder(writer: trail) { fault in
            faults.note(fault, at: .now)
        } onDenial: {
            denials.note($0)
        }
    }

    var secretScheduler: SecretScheduler {
        SecretScheduler(secrets, recorder: recorder) { [background, logger] key, error in
            background.taskFailed()
            logger.error("a due task failed", metadata: ["record": "\(key)", "error": "\(error)"])
        }
    }

    private var housekeeping: Housekeeping {
        let logger = logger
        let scheduler = KeyScheduler(kms, recorder: recorder) { [background] key, error in
            background.taskFailed()
            logger.error("a due task failed", metadata: ["record": "\(key)", "error": "\(error)"])
        }
        return Housekeeping(
            following: FeedFollowing(
                follower: follower,
                contact: contact,
                keyrings: KeyringFollower(deployment.keyrings, logger: logger),
                meter: background,
                logger: logger
            ),
            scheduler: scheduler,
            secretScheduler: secretScheduler,
            kms: kms,
            secrets: secrets,
            identities: identities,
            trail: trail,
            meter: background,
            logger: logger,
            now: now
        )
    }

    private var iam: IAMService {
        IAMService(store: deployment.store, keyring: deployment.keyrings, directory: identities)
    }

    private var sts: SecurityTokenService {
        SecurityTokenService(
            directory: identities,
            keyring: deployment.keyrings,
            webIdentities: WebIdentityVerifier(
                providers: identities,
                published: IssuerKeys(fetcher: ProviderDocuments(settings.federation)),
                administration: deployment.administration
            )
        )
    }

    package var gateway: AWSGateway {
        AWSGateway(
            identities: identities,
            services: [
                .cloudTrail: TableService(
                    CloudTrailOperations.table,
                    frame: OperationFrame(service: eventHistory, recorder: recorder)
                ),
                .eventBridge: TableService(
                    EventBridgeOperations.table,
                    frame: OperationFrame(service: events, recorder: recorder)
                ),
                .sns: TableService(
                    SNSOperations.table,
                    frame: OperationFrame(service: notifications, recorder: recorder)
                ),
                .iam: TableService(
                    IAMOperations.table,
                    frame: OperationFrame(service: iam, recorder: recorder)
                ),
                .kms: TableService(
                    KMSOperations.table,
                    frame: OperationFrame(service: kms, recorder: recorder)
                ),
                .secretsManager: TableService(
                    SecretsManagerOperations.table,
                    frame: OperationFrame(service: secrets, recorder: recorder)
                ),
                .sts: TableService(
                    STSOperations.table,
                    frame: OperationFrame(service: sts, recorder: recorder)
                ),
            ],
            regions: settings.regions,
            recorder: recorder,
            contact: contact,
            pause: { await Pause.untilShutdown(.seconds($0)) },
            now: now
        )
    }

    /// In the order in which they are started; they are stopped in the reverse order, so that the console tells
    /// to the end how it goes.
    private func services(with kes: KESServerProcess?) throws(DoorError) -> [any Service] {
        let opening = Opening(
            doors: 1 + (settings.consoleAddress == nil ? 0 : 1) + (kes == nil ? 0 : 1),
            supervisor: supervisor,
            logger: logger
        )
        let gateway = gateway
        let isSecure = settings.tls != nil
        let awsMeter = DoorMeter(name: "aws", isSecure: isSecure)
        let consoleMeter = DoorMeter(name: "console", isSecure: isSecure)
        var services: [any Service] = [readiness]
        if let address = settings.consoleAddress {
            let page = metrics(of: gateway.metrics, [awsMeter, consoleMeter])
            let console = ConsoleDoor(metrics: page, readiness: readiness)
            services.append(
                try listener(address, consoleMeter)
                    .service(responder: console.respond) { await opening.opened("console", at: $0) }
            )
        }
        let door = AwaitedDoor()
        services += housekeeping.services + notificationServices + [rotating(behind: door), indexing]
        services.append(Repeating(interval: FaultLog.interval) { [faults] in faults.tell(at: .now) })
        let aws = AWSDoor(gateway: gateway, certificates: notifications, isSecure: isSecure, now: now)
        let lane = FastLane.Settings(
            gateway: gateway,
            limits: settings.limits,
            isSecure: isSecure,
            meter: awsMeter
        )
        services.append(Unfinished(meter: awsMeter))
        services.append(
            try listener(settings.awsAddress, awsMeter, lane)
                .service(responder: aws.respond) { [publicAddress] in
                    publicAddress.doorOpened(at: $0, isSecure: isSecure)
                    door.opened()
                    await opening.opened("aws", at: $0)
                }
        )
        if let kes {
            services.append(KESDoorService(door: kes) { await opening.opened("kes", at: $0) })
        }
        services.append(
            Drain(
                monitor: readiness,
                seconds: settings.drainSeconds,
                logger: logger,
                supervisor: supervisor
            )
        )
        return services
    }

    private func listener(
        _ address: DoorAddress,
        _ meter: DoorMeter,
        _ lane: FastLane.Settings? = nil
    ) -> DoorListener {
        DoorListener(
            address: address,
            tls: settings.tls,
            limits: settings.limits,
            meter: meter,
            logger: Self.quiet(logger),
            lane: lane
        )
    }
}

/// Says `ready` once, when all doors are open.
private actor Opening {
    private let doors: Int
    private let supervisor: ServiceManager?
    private let logger: Logger
    private var open: [String: String] = [:]

    init(doors: Int, supervisor: ServiceManager?, logger: Logger) {
        self.doors = doors
        self.supervisor = supervisor
        self.logger = logger
    }

    func opened(_ name: String, at address: String) {
        open[name] = address
        guard open.count == doors else { return }
        logger.notice("ready", metadata: open.mapValues { "\($0)" })
        supervisor?.tell("READY=1")
    }
}
