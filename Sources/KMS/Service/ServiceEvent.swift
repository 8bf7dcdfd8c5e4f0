import AWSProtocol
import Cryptography
import Foundation
import Storage

/// Something KMS did to a key by itself, on its way to the trail.
///
/// It is committed with the change it tells of and leaves the store when the trail has it, so neither a crash
/// nor a trail that cannot be written loses one. Source: KMS Developer Guide, "Logging AWS KMS API calls".
struct ServiceEvent: Hashable, Sendable, Codable {
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
    var claimedUntil: Date?

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
        let seconds = String(max(0, Int(date.timeIntervalSince1970)))
        return RecordKey(
            .serviceEvent,
            String(repeating: "0", count: max(0, 12 - seconds.count)) + seconds + "/\(id)"
        )
    }
}
