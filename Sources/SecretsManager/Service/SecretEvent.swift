import AWSProtocol
import Operations
import Scheduling
import Storage
package import Trail

package import struct Foundation.Date

/// Something on its way to the trail that no request was the event of: what Secrets Manager did to a secret by itself,
/// and what operators did to a rotator on the command line.
///
/// It is committed with the change it tells of and leaves the store when the trail has it. Should a crash have it
/// written twice, both have the same id. Source: Secrets Manager User Guide, "Log AWS Secrets Manager events with AWS
/// CloudTrail".
package struct SecretEvent: Hashable, Sendable, Codable {
    /// CloudTrail's `eventName`.
    enum Name: String, Sendable, Codable {
        case endSecretVersionDelete = "EndSecretVersionDelete"
        case registerRotator = "RegisterRotator"
        case removeRotator = "RemoveRotator"
        case rotationAbandoned = "RotationAbandoned"
        case rotationFailed = "RotationFailed"
        case rotationRestored = "RotationRestored"
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
    /// Members of `serviceEventDetails` besides the ARN; nil for none.
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

    /// What an operator did to a rotator.
    init(_ name: Name, of rotator: RotatorLocator, at date: Date, details: [String: String]? = nil) {
        self.name = name
        id = .random()
        self.date = date
        account = rotator.account
        region = rotator.region
        arn = rotator.arn
        self.details = details
    }

    /// Sorts by date, so that events of one secret come in their order.
    var recordKey: RecordKey {
        RecordKey(.secretEvent, Digits.milliseconds(of: date) + "/\(id)")
    }
}

extension SecretEvent.Name {
    fileprivate var isOfRotator: Bool { self == .registerRotator || self == .removeRotator }
}

extension SecretEvent: PendingEvent {
    package var auditEvent: AuditEvent { AuditEvent(self) }
}

extension AuditEvent {
    /// The CloudTrail record of an event: who calls is AWS itself, or the command line.
    fileprivate init(_ event: SecretEvent) {
        let isOfRotator = event.name.isOfRotator
        let platform = AuditIdentity.platform(accountID: event.account.description)
        self.init(
            userIdentity: platform.rendered,
            eventTime: event.date,
            eventSource: isOfRotator ? "strongroom" : SecretsManagerService.eventSource,
            eventName: event.name.rawValue,
            awsRegion: event.region.description,
            sourceIPAddress: isOfRotator ? "command line" : platform.invokedBy ?? "",
            userAgent: isOfRotator ? "strongroom rotator" : platform.invokedBy ?? "",
            requestID: EventUUID(RequestID.random()),
            eventID: EventUUID(event.id),
            recipientAccountID: event.account.description
        )
        eventType = .serviceEvent
        resources = [
            Resource(
                accountID: event.account.description,
                type: isOfRotator ? RotatorLocator.resourceType : SecretLocator.resourceType,
                arn: event.arn
            )
        ]
        serviceEventDetails = OutputWriter.auditFragment { output in
            output.string(isOfRotator ? "RotatorArn" : "SecretId", event.arn)
            for (name, value) in (event.details ?? [:]).sorted(by: { $0.key < $1.key }) {
                output.string(name, value)
            }
        }
    }
}
