import CloudTrail
import Cryptography
import Logging
import Operations
import Trail

extension ServerProcess {
    /// The page of metrics over the parts of this process.
    func metrics(of requests: RequestMetrics, _ doors: [DoorMeter]) -> MetricsPage {
        MetricsPage(
            requests: requests,
            doors: doors,
            kms: kms,
            secrets: secrets,
            identities: identities,
            store: storeMeter,
            storeEngine: settings.store.location.engine,
            follower: follower,
            background: background,
            trail: trail,
            notifications: notificationMeter,
            deliveries: notifications.queue,
            rotations: rotationMeter,
            seal: { [deployment] in
                MetricsPage.Seal(
                    kind: deployment.seal.kind,
                    rootKeyVersion: deployment.keyring.currentVersion,
                    rootKeyCreatedAt: deployment.keyring.versions.last?.createdAt
                )
            },
            readiness: readiness,
            startedAt: startedAt
        )
    }

    /// What has to work for requests to be served.
    static func readiness(
        of deployment: Deployment,
        _ meter: StoreMeter,
        _ trail: TrailWriter,
        _ logger: Logger
    ) -> ReadinessMonitor {
        let probe = StoreProbe(
            administration: deployment.administration,
            store: deployment.store,
            meter: meter
        )
        return ReadinessMonitor(
            checks: [
                .init(name: "trail") { trail.isWritable ? nil : "the audit trail cannot be written" },
                .init(name: "store") {
                    if let trouble = await probe.readingTrouble() { return trouble }
                    return await probe.writingTrouble()
                },
                .init(name: "seal", trouble: probe.sealTrouble),
            ],
            logger: logger
        )
    }
}
