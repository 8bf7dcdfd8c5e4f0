import AWSProtocol
import Foundation
package import Storage

extension IdentityDirectory {
    /// All kinds of records of this module: what is sealed anew after a rotation of the root key.
    package static let recordKinds: [RecordKind] = [
        .deployment, .account, .user, .group, .role, .managedPolicy, .instanceProfile,
        .openIDConnectProvider, .uploadedKeys, .principalID, .groupMember, .policyUse, .policyUsage, .roleUse,
        .accessKey, .accessKeyOfOwner, .accessKeyUse, .accountAlias, .aliasOfAccount, .loginProfile,
        .passwordPolicy, .credentialReport,
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
    /// `account/name`, the name in lower case: a `Group`.
    static let group = RecordKind("iam.group")
    /// `account/name`, the name in lower case: a `Role`.
    static let role = RecordKind("iam.role")
    /// `account/name`, the name in lower case: a `ManagedPolicy`.
    static let managedPolicy = RecordKind("iam.policy")
    /// `account/name`, the name in lower case: an `InstanceProfile`.
    static let instanceProfile = RecordKind("iam.instance-profile")
    /// `account/issuer`: an `OpenIDConnectProvider`.
    static let openIDConnectProvider = RecordKind("iam.oidc-provider")
    /// `group-id/user-id`, empty: who is in a group.
    static let groupMember = RecordKind("iam.group-member")
    /// `account/owner/policy-name/use/entity-id`, empty: who uses a managed policy, and as what.
    static let policyUse = RecordKind("iam.policy-use")
    /// `account/owner/policy-name`: the `PolicyUsage` of a managed policy in an account.
    static let policyUsage = RecordKind("iam.policy-usage")
    /// `role-id`: a `RoleUse`.
    static let roleUse = RecordKind("iam.role-use")
    /// `unique-id`: the `EntityPlace` of the user, group or role with that id.
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
        EntityLocator(.user, account, name.description).recordKey
    }
}

extension PrincipalID {
    var recordKey: RecordKey { RecordKey(.principalID, description) }
    var roleUseRecordKey: RecordKey { RecordKey(.roleUse, description) }
}

/// Where the user, group or role with a unique id is found.
struct EntityPlace: Hashable, Sendable, Codable {
    let account: AccountID
    let name: String
    /// Nil in records of an earlier version, which had users alone.
    let type: EntityType?

    init<Subject: Entity>(_ entity: Subject) {
        account = entity.account
        name = entity.nameText
        type = Subject.type
    }

    var locator: EntityLocator { EntityLocator(type ?? .user, account, name) }
}

extension PolicyARN {
    /// Where a policy of an account is kept; AWS's own are in no record.
    var recordKey: RecordKey { RecordKey(.managedPolicy, indexText) }

    /// What the index keys of this policy's uses in an account begin with.
    func usePrefix(in account: AccountID) -> String { "\(account)/\(indexText)/" }

    func useKey(_ use: PolicyUse, by id: PrincipalID, in account: AccountID) -> RecordKey {
        RecordKey(.policyUse, "\(usePrefix(in: account))\(use.rawValue)/\(id)")
    }

    func usageKey(in account: AccountID) -> RecordKey {
        RecordKey(.policyUsage, "\(account)/\(indexText)")
    }
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
