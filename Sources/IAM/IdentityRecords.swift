import AWSProtocol
import Foundation
package import Storage

extension IdentityDirectory {
    /// All kinds of records of this module: what is sealed anew after a rotation of the root key.
    package static let recordKinds: [RecordKind] = [
        .deployment, .account, .user, .principalID, .accessKey, .accessKeyOfOwner, .accessKeyUse,
    ]
}

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

/// Reads or makes the bytes of a record and turns the errors into the module's.
func coding<Value>(_ body: () throws(StorageError) -> Value) throws(IAMError) -> Value {
    do throws(StorageError) {
        return try body()
    } catch {
        throw .storage(error)
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
