import AWSProtocol
import Authorization
import Operations
import Storage

/// Finding access keys.
extension IAMService {
    /// An access key with its owner.
    ///
    /// - Throws: `.denied` in the same words for a key that is not there and for one of another account.
    func accessKey(_ text: String, for call: Call) async throws(IAMError) -> IAMResource {
        let account = try call.account()
        let denial = IAMError.denied(
            "User: \(call.caller.arn) is not authorized to perform: iam:GetAccessKeyLastUsed on resource: "
                + "access key \(text)"
        )
        guard let id = AccessKeyID(text),
            let key = try await directory.read(AccessKey.self, id.recordKey), key.owner.account == account
        else { throw denial }
        switch key.owner {
        case .root: return .accessKey(key, nil)
        case .user(_, let name):
            let user = try await directory.read(User.self, User.recordKey(account, name))
            guard let user else { throw denial }
            return .accessKey(key, user)
        }
    }

    /// The access keys of an owner, oldest first.
    func accessKeys(of owner: AccessKey.Owner) async throws(IAMError) -> [Kept<AccessKey>] {
        var keys: [Kept<AccessKey>] = []
        for entry in try await records(.accessKeyOfOwner, prefix: owner.indexPrefix) {
            guard let id = entry.key.key.split(separator: "/").last.flatMap({ AccessKeyID(String($0)) }),
                let (key, version) = try await directory.versioned(AccessKey.self, id.recordKey)
            else { continue }
            keys.append(Kept(key, version: version))
        }
        return keys.sorted {
            ($0.value.createdAt, $0.value.id.description) < ($1.value.createdAt, $1.value.id.description)
        }
    }

    /// An access key of an owner.
    ///
    /// - Throws: `.noSuchPart` when the owner has no such key.
    func accessKey(_ text: String, of owner: AccessKey.Owner) async throws(IAMError) -> Kept<AccessKey> {
        guard let id = AccessKeyID(text),
            let (key, version) = try await directory.versioned(AccessKey.self, id.recordKey),
            key.owner.indexPrefix == owner.indexPrefix
        else { throw .noSuchPart("The Access Key with id \(text) cannot be found.") }
        return Kept(key, version: version)
    }
}

extension IAMResource {
    /// Whose access keys an operation that names a user, or nobody, is about.
    var keyOwner: AccessKey.Owner {
        switch self {
        case .user(let kept): .user(kept.value.account, kept.value.name)
        case .root(let account): .root(account)
        case .group, .role, .instanceProfile, .policy, .accessKey:
            preconditionFailure("the request names a user")
        }
    }
}

extension AccessKey.Owner {
    /// The name of a user; nil for a root user.
    var userName: UserName? {
        if case .user(_, let name) = self { name } else { nil }
    }
}

/// The request of an operation on one access key of a user or of the caller.
package struct AccessKeyRequest: NamingRequest {
    package let subject: IAMReference
    let key: String
}
