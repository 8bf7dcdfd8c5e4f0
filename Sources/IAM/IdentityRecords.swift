import AWSProtocol
import Foundation
import Storage

/// The kinds of records identities are kept in and how each is keyed.
extension RecordKind {
    /// `default`: a `DeploymentRecord`.
    static let deployment = RecordKind("iam.deployment")
    /// `account`: an `Account`.
    static let account = RecordKind("iam.account")
    /// `account/name`, the name in lower case: a `User`.
    static let user = RecordKind("iam.user")
    /// `unique-id`: the `UserPlace` of the user with that id.
    static let principalID = RecordKind("iam.principal-id")
    /// `access-key-id`: an `AccessKey`.
    static let accessKey = RecordKind("iam.access-key")
    /// `account/root/access-key-id` or `account/user/name/access-key-id`, empty: the keys of an owner.
    static let accessKeyOfOwner = RecordKind("iam.access-key-of-owner")
    /// `access-key-id`: an `AccessKeyUse`.
    static let accessKeyUse = RecordKind("iam.access-key-use")
}

extension RecordKey {
    static let deployment = RecordKey(.deployment, "default")
}

extension AccountID {
    var recordKey: RecordKey { RecordKey(.account, description) }
}

extension User {
    static func recordKey(_ account: AccountID, _ name: UserName) -> RecordKey {
        RecordKey(.user, "\(account)/\(name.folded)")
    }
}

extension PrincipalID {
    var recordKey: RecordKey { RecordKey(.principalID, description) }
}

/// Where the user with a unique id is found.
struct UserPlace: Hashable, Sendable, Codable {
    let account: AccountID
    let name: UserName
}

extension AccessKeyID {
    var recordKey: RecordKey { RecordKey(.accessKey, description) }
    var useRecordKey: RecordKey { RecordKey(.accessKeyUse, description) }
}

extension AccessKey.Owner {
    /// What the index keys of the owner's access keys begin with.
    var indexPrefix: String {
        switch self {
        case .root(let account): "\(account)/root/"
        case .user(let account, let name): "\(account)/user/\(name.folded)/"
        }
    }

    func indexKey(_ id: AccessKeyID) -> RecordKey {
        RecordKey(.accessKeyOfOwner, indexPrefix + id.description)
    }
}

/// Turns identities into the bytes of records and back.
enum IdentityCodec {
    static func encode(_ value: some Encodable, for key: RecordKey) throws(IAMError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .secondsSince1970
            encoder.outputFormatting = .sortedKeys
            return [UInt8](try encoder.encode(value))
        } catch {
            throw .storage(.corrupted(.record(key)))
        }
    }

    /// - Throws: `.storage(.corrupted)` naming the record when its bytes are not such a value.
    static func decode<Value: Decodable>(_ type: Value.Type, from record: Record) throws(IAMError) -> Value {
        do {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .secondsSince1970
            return try decoder.decode(type, from: Data(record.value))
        } catch {
            throw .storage(.corrupted(.record(record.key)))
        }
    }
}

/// Calls the store and turns its errors into the module's.
func storing<Value>(
    _ body: () async throws(StorageError) -> Value
) async throws(IAMError) -> Value {
    do throws(StorageError) {
        return try await body()
    } catch {
        throw .storage(error)
    }
}
