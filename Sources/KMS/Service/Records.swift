import AWSProtocol
import Crypto
import Cryptography
import Foundation
package import Storage

extension KeyManagementService {
    /// All kinds of records of this module: what is sealed anew after a rotation of the root key.
    package static let recordKinds: [RecordKind] = [
        .key, .keyOfAccount, .alias, .grant, .retirableGrant, .grantName, .schedule, .lastUsage,
        .serviceEvent,
    ]
}

/// The kinds of records KMS keeps and how each is keyed.
extension RecordKind {
    /// `region/key-id`: a `Key`.
    static let key = RecordKind("kms.key")
    /// `account/region/millisecond/key-id`, empty: what ListKeys walks.
    ///
    /// Of keys made by earlier builds, `account/region/key-id`.
    static let keyOfAccount = RecordKind("kms.key-of-account")
    /// `account/region/alias-name`: an `Alias`.
    static let alias = RecordKind("kms.alias")
    /// `region/key-id/grant-id`: a `KeyGrant`.
    static let grant = RecordKind("kms.grant")
    /// `principal-line feed-region/key-id/grant-id`, empty: the grants a principal may retire.
    static let retirableGrant = RecordKind("kms.retirable-grant")
    /// `region/key-id/hash`: the id of the grant with that name and content.
    static let grantName = RecordKind("kms.grant-name")
    /// `due-second/task/region/key-id`, empty: what the scheduler walks.
    static let schedule = RecordKind("kms.schedule")
    /// `region/key-id`: a `LastUsage`.
    static let lastUsage = RecordKind("kms.last-usage")
    /// `second/event-id`: a `ServiceEvent` that the trail does not have yet.
    static let serviceEvent = RecordKind("kms.service-event")
}

extension KeyLocator {
    var recordKey: RecordKey { RecordKey(.key, path) }
    var usageRecordKey: RecordKey { RecordKey(.lastUsage, path) }
    /// What the keys of all the key's grants begin with.
    var grantPrefix: String { path + "/" }

    /// The locator in the first two parts of a record's key.
    init?(recordPath: some StringProtocol) {
        let bytes = recordPath.utf8
        guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return nil }
        let rest = bytes[bytes.index(after: slash)...]
        let end = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        guard let region = Region(String(recordPath[..<slash])),
            let id = KeyUniqueID(String(recordPath[rest.startIndex..<end]))
        else { return nil }
        self.init(region, id)
    }
}

extension Key {
    /// Keys are listed in the order in which they were made, which ids of earlier builds do not tell: those made together
    /// lie together, where each would change another page of the store.
    var accountRecordKey: RecordKey {
        let parts = [account.description, locator.region.description, Digits.milliseconds(of: createdAt)]
        let bytes = parts.reduce(KeyUniqueID.textByteCount) { $0 + $1.utf8.count + 1 }
        let path = String.built(byteCountMax: bytes) { text in
            for part in parts {
                text.append(part)
                text.append("/")
            }
            text.append(locator.id)
        }
        return RecordKey(.keyOfAccount, path)
    }

    /// Where earlier builds put it.
    var formerAccountRecordKey: RecordKey { RecordKey(.keyOfAccount, "\(account)/\(locator.path)") }
}

extension KeyUniqueID {
    /// The key in the path of a record of ``RecordKind/keyOfAccount``.
    init?(accountRecordPath path: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        self.init(String(path[path.utf8.index(after: slash)...]))
    }
}

extension AliasLocator {
    var recordKey: RecordKey { RecordKey(.alias, "\(account)/\(region)/\(name)") }

    /// The locator in the key of an alias record.
    init?(recordPath: String) {
        let parts = recordPath.split(separator: "/", maxSplits: 2)
        guard parts.count == 3, let account = AccountID(String(parts[0])),
            let region = Region(String(parts[1])), let name = AliasName(String(parts[2]))
        else { return nil }
        self.init(account, region, name)
    }
}

extension KeyGrant {
    var recordKey: RecordKey { RecordKey(.grant, key.grantPrefix + id.description) }

    var retirableRecordKey: RecordKey? {
        retiringPrincipal.map {
            RecordKey(.retirableGrant, KeyGrant.retirablePrefix(of: $0) + key.grantPrefix + id.description)
        }
    }

    /// The record that makes the grant unique by its name and content; nil for a grant without a name.
    var nameRecordKey: RecordKey? {
        guard let name else { return nil }
        var hash = SHA256()
        // Unique ids too: a principal made again under an old name gets a grant of its own.
        let principals = [grantee, granteeID ?? "", retiringPrincipal ?? "", retiringID ?? ""]
        for part in [name] + principals + operations.map(\.rawValue).sorted() { hash.update(part) }
        for (kind, pairs) in [("equals", constraints?.equals), ("subset", constraints?.subset)] {
            hash.update(kind)
            for (key, value) in (pairs ?? [:]).sorted(by: { $0.key < $1.key }) {
                hash.update(key)
                hash.update(value)
            }
        }
        return RecordKey(.grantName, key.grantPrefix + Hex.encode(Array(hash.finalize())))
    }

    /// The writes that erase the grant with its index records.
    var erasure: [Write] {
        [recordKey, retirableRecordKey, nameRecordKey].compactMap { key in
            key.map { .delete($0, expecting: .any) }
        }
    }

    /// What the index keys of a retiring principal begin with: its ARN itself, which has no line feed.
    static func retirablePrefix(of principal: String) -> String { principal + "\n" }
}

extension SHA256 {
    /// Adds a text with its length in front, so that two lists of texts never give the same bytes.
    fileprivate mutating func update(_ text: String) {
        withUnsafeBytes(of: UInt64(text.utf8.count).bigEndian) { update(bufferPointer: $0) }
        update(data: Array(text.utf8))
    }
}

/// Turns domain values into the bytes of records and back, with the service's errors.
enum RecordCodec {
    static func encode(_ value: some Encodable) throws(KMSError) -> [UInt8] {
        try coding { () throws(StorageError) in try RecordCoding.encode(value) }
    }

    static func encode(_ value: some DirectRecord) throws(KMSError) -> [UInt8] {
        try coding { () throws(StorageError) in try RecordCoding.encode(value) }
    }

    /// - Throws: `.storage(.corrupted)` naming the record when its bytes are not such a value.
    static func decode<Value: Decodable>(_ type: Value.Type, from record: Record) throws(KMSError) -> Value {
        try coding { () throws(StorageError) in try RecordCoding.decode(type, from: record) }
    }

    private static func coding<Coded>(_ body: () throws(StorageError) -> Coded) throws(KMSError) -> Coded {
        do throws(StorageError) {
            return try body()
        } catch {
            throw .storage(error)
        }
    }
}

/// Calls the store and turns its errors into the service's.
func storing<Value>(
    _ body: () async throws(StorageError) -> Value
) async throws(KMSError) -> Value {
    do throws(StorageError) {
        return try await body()
    } catch {
        throw .storage(error)
    }
}
