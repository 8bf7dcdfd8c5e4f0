import AWSProtocol
import Operations
import Scheduling
import Storage
package import Trail

package import struct Foundation.Date

/// Something Secrets Manager did to a secret by itself, on its way to the trail.
///
/// It is committed with the change it tells of and leaves the store when the trail has it. Should a crash have it
/// written twice, both have the same id. Source: Secrets Manager User Guide, "Log AWS Secrets Manager events with AWS
/// CloudTrail".
package struct SecretEvent: Hashable, Sendable, Codable {
    /// CloudTrail's `eventName`.
    enum Name: String, Sendable, Codable {
        case endSecretVersionDelete = "EndSecretVersionDelete"
        case rotationAbandoned = "RotationAbandoned"
        case rotationFailed = "RotationFailed"
        case rotationStarted = "RotationStarted"
        case rotationSucceeded = "RotationSucceeded"
        case testRotationFailed = "TestRotationFailed"
        case testRotationStarted = "TestRotationStarted"
        case testRotationSucceeded = "TestRotationSucceeded"
    }

    let name: Name
    let id: EventID
    let date: Date
    let account: AccountID
    let region: Region
    let arn: String
    package var claimedUntil: Date?
    /// Members of `serviceEventDetails` besides the secret; nil for none.
    let details: [String: String]?

    init(_ name: Name, of secret: Secret, at date: Date, details: [String: String]? = nil) {
        self.name = name
        id = .random()
        self.date = date
        account = secret.locator.account
        region = secret.locator.region
        arn = secret.arn
        self.details = details
    }

    /// Sorts by date, so that events of one secret come in their order.
    var recordKey: RecordKey {
        RecordKey(.secretEvent, Digits.text(date.milliseconds, count: 15) + "/\(id)")
    }
}

extension SecretEvent: PendingEvent {
    package var auditEvent: AuditEvent { AuditEvent(self) }
}

extension AuditEvent {
    /// The CloudTrail record of an event: who calls is AWS itself.
    fileprivate init(_ event: SecretEvent) {
        let platform = AuditIdentity.platform(accountID: event.account.description)
        self.init(
            userIdentity: platform.rendered,
            eventTime: event.date,
            eventSource: SecretsManagerService.eventSource,
            eventName: event.name.rawValue,
            awsRegion: event.region.description,
            sourceIPAddress: platform.invokedBy ?? "",
            userAgent: platform.invokedBy ?? "",
            requestID: EventUUID(RequestID.random()),
            eventID: EventUUID(event.id),
            recipientAccountID: event.account.description
        )
        eventType = .serviceEvent
        resources = [
            Resource(
                accountID: event.account.description,
                type: SecretLocator.resourceType,
                arn: event.arn
            )
        ]
        serviceEventDetails = OutputWriter.auditFragment { output in
            output.string("SecretId", event.arn)
            for (name, value) in (event.details ?? [:]).sorted(by: { $0.key < $1.key }) {
                output.string(name, value)
            }
        }
    }
}
