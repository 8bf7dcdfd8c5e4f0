import AWSProtocol
import Foundation
import Operations
package import Storage

extension SecretsManagerService {
    /// All kinds of records of this module: what is sealed anew after a rotation of the root key.
    package static let recordKinds: [RecordKind] = [
        .secret, .secretValue, .secretByCreation, .secretSchedule, .secretEvent, .rotator, .rotationDue,
        .rotationLease,
    ]
}

/// The kinds of records Secrets Manager keeps and how each is keyed.
extension RecordKind {
    /// `account/region/name`: a `Secret`.
    static let secret = RecordKind("secrets.secret")
    /// `account/region/name-suffix:version`: a `SealedValue`.
    static let secretValue = RecordKind("secrets.value")
    /// `account/region/millisecond/name`, empty: what ListSecrets walks.
    static let secretByCreation = RecordKind("secrets.by-creation")
    /// `second/account/region/name`, empty: what the scheduler walks.
    static let secretSchedule = RecordKind("secrets.schedule")
    /// `millisecond/event-id`: a `SecretEvent` that the trail does not have yet.
    static let secretEvent = RecordKind("secrets.event")
    /// `account/region/name`: a `RegisteredRotator`.
    static let rotator = RecordKind("secrets.rotator")
    /// `millisecond/account/region/name`, empty: what the rotation engine walks.
    static let rotationDue = RecordKind("secrets.rotation-due")
    /// `account/region/name`: which node works on the rotation of a secret, and until when.
    static let rotationLease = RecordKind("secrets.rotation-lease")
}

extension SecretLocator {
    var recordKey: RecordKey { RecordKey(.secret, path) }
}

extension Secret {
    /// Where the value of a version lies; a colon ends the name, since no name has one.
    func valueKey(of version: String) -> RecordKey {
        RecordKey(.secretValue, "\(locator.path)-\(suffix):\(version)")
    }

    /// The records that are derived from a secret so that it can be found.
    var indexEntries: Set<RecordKey> {
        var entries: Set<RecordKey> = [
            RecordKey(
                .secretByCreation,
                SecretLocator.prefix(locator.account, locator.region)
                    + Digits.milliseconds(of: createdAt)
                    + "/\(locator.name)"
            )
        ]
        if let deletion { entries.insert(DueDeletion(date: deletion.date, secret: locator).recordKey) }
        if let date = rotationDueAt { entries.insert(DueRotation(date: date, secret: locator).recordKey) }
        return entries
    }

    /// The changes of index records from one state of a secret to another.
    static func indexChanges(from old: Secret?, to new: Secret?) -> [Write] {
        let before = old?.indexEntries ?? []
        let after = new?.indexEntries ?? []
        return before.subtracting(after).map { .delete($0, expecting: .any) }
            + after.subtracting(before).map { .put($0, [], expecting: .any) }
    }
}

/// The end of a secret's recovery window, as the scheduler finds it.
struct DueDeletion: Hashable {
    let date: Date
    let secret: SecretLocator

    /// Sorts by date: seconds since 1970 in twelve digits, rounded up so that a deletion is never early.
    var recordKey: RecordKey {
        RecordKey(
            .secretSchedule,
            Digits.text((date.milliseconds + 999) / 1000, count: 12) + "/\(secret.path)"
        )
    }

    init(date: Date, secret: SecretLocator) {
        self.date = date
        self.secret = secret
    }

    /// The deletion in the key of a schedule record.
    init?(_ record: RecordKey) {
        let parts = record.key.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, let seconds = Int64(parts[0]), let secret = SecretLocator(path: parts[1])
        else { return nil }
        self.init(date: Date(timeIntervalSince1970: Double(seconds)), secret: secret)
    }
}

extension Call {
    /// The time of the call as a record gives it back: writing and reading a date may change its last bit.
    var storedNow: Date { Date(timeIntervalSince1970: now.timeIntervalSince1970) }
}

/// Calls the store and turns its errors into the service's.
func storing<Value>(
    _ body: () async throws(StorageError) -> Value
) async throws(SecretsManagerError) -> Value {
    do throws(StorageError) {
        return try await body()
    } catch {
        throw .storage(error)
    }
}

/// Turns domain values into the bytes of records and back, with the service's errors.
enum RecordCodec {
    static func encode(_ value: some Encodable) throws(SecretsManagerError) -> [UInt8] {
        do throws(StorageError) {
            return try RecordCoding.encode(value)
        } catch {
            throw .storage(error)
        }
    }

    /// - Throws: `.storage(.corrupted)` naming the record when its bytes are not such a value.
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from record: Record
    ) throws(SecretsManagerError) -> Value {
        do throws(StorageError) {
            return try RecordCoding.decode(type, from: record)
        } catch {
            throw .storage(error)
        }
    }
}
