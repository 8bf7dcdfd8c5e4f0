import AWSProtocol
import Cryptography
package import Foundation
import Operations
import Scheduling
import Storage
package import Trail

/// Something KMS did to a key by itself, on its way to the trail.
///
/// It is committed with the change it tells of and leaves the store when the trail has it, so neither a crash
/// nor a trail that cannot be written loses one. Source: KMS Developer Guide, "Logging AWS KMS API calls".
package struct ServiceEvent: Hashable, Sendable, Codable {
    /// CloudTrail's `eventName`.
    enum Name: String, Sendable, Codable {
        case createKey = "CreateKey"
        case deleteExpiredKeyMaterial = "DeleteExpiredKeyMaterial"
        case deleteKey = "DeleteKey"
        case rotateKey = "RotateKey"
        case synchronizeMultiRegionKey = "SynchronizeMultiRegionKey"
        case updatePrimaryRegion = "UpdatePrimaryRegion"
    }

    let name: Name
    /// The id the event has in the trail: should a crash have it written twice, the two are known as one.
    let id: EventID
    let date: Date
    let key: KeyLocator
    let account: AccountID
    /// The members of `serviceEventDetails` besides the key's id.
    let details: [String: String]
    /// Until when the node that is writing the event has it to itself.
    package var claimedUntil: Date?

    init(_ name: Name, of key: Key, at date: Date, details: [String: String] = [:]) {
        self.name = name
        id = .random()
        self.date = date
        self.key = key.locator
        account = key.account
        self.details = details
    }

    /// Sorts by date: seconds since 1970 in twelve digits.
    var recordKey: RecordKey {
        RecordKey(.serviceEvent, Digits.text(Int64(date.timeIntervalSince1970), count: 12) + "/\(id)")
    }
}

extension ServiceEvent: PendingEvent {
    package var auditEvent: AuditEvent { AuditEvent(self) }
}

extension AuditEvent {
    /// The CloudTrail record of an event: who calls is AWS itself.
    fileprivate init(_ event: ServiceEvent) {
        let platform = AuditIdentity.platform(accountID: event.account.description)
        let internally = platform.invokedBy ?? ""
        self.init(
            userIdentity: platform.rendered,
            eventTime: event.date,
            eventSource: KeyManagementService.eventSource,
            eventName: event.name.rawValue,
            awsRegion: event.key.region.description,
            sourceIPAddress: internally,
            userAgent: internally,
            requestID: EventUUID(RequestID.random()),
            eventID: EventUUID(event.id),
            recipientAccountID: event.account.description
        )
        eventType = .serviceEvent
        resources = [
            Resource(
                accountID: event.account.description,
                type: KeyARN.resourceType,
                arn: KeyARN(event.key, event.account).description
            )
        ]
        serviceEventDetails = OutputWriter.auditFragment { output in
            output.string("KeyId", event.key.id.description)
            for (name, value) in event.details.sorted(by: { $0.key < $1.key }) { output.string(name, value) }
        }
    }
}
