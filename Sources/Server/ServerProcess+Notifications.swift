import CloudTrail
import ServiceLifecycle

extension ServerProcess {
    /// The work that brings events to rules and notifications to their endpoints.
    var notificationServices: [any Service] {
        let outbound = settings.notifications
        let mail = outbound.mail.map {
            MailNotifications(
                settings: $0,
                password: EnvironmentSecrets.ofProcess[MailSettings.passwordVariable]
            )
        }
        let worker = DeliveryWorker(
            notifications,
            sender: OutboundNotifications(
                http: HTTPNotifications(
                    rules: notifications.endpoints,
                    authorityFile: outbound.authorityFile
                ),
                mail: mail
            ),
            baseURL: { [publicAddress] in publicAddress.current },
            now: now
        )
        return [
            DeliveryLoop(worker: worker, contact: contact, logger: logger),
            TrailMatching(
                trail: trail,
                directory: deployment.directory.trail,
                events: events,
                contact: contact,
                logger: logger,
                now: now
            ),
        ]
    }
}
