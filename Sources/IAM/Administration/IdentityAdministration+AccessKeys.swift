package import AWSProtocol
import Cryptography
import Storage

package import struct Foundation.Date

extension IdentityAdministration {
    /// Makes an access key for a root user or a user.
    ///
    /// - Throws: `.noSuchAccount` or `.noSuchUser`; `.tooManyAccessKeys` when the owner has as many as it may.
    package func createAccessKey(
        for owner: AccessKey.Owner,
        at now: Date
    ) async throws(IAMError) -> IssuedAccessKey {
        try await requireAccount(owner.account)
        var attempt = 1
        while true {
            do throws(IAMError) {
                return try await issueAccessKey(for: owner, at: now)
            } catch .storage(.conflict) where attempt < Self.attemptsMax {
                attempt += 1
            }
        }
    }

    private func issueAccessKey(
        for owner: AccessKey.Owner,
        at now: Date
    ) async throws(IAMError) -> IssuedAccessKey {
        var owner = owner
        var ownerID: PrincipalID?
        var guards: [Write] = []
        if case .user(let account, let name) = owner {
            let key = User.recordKey(account, name)
            guard let (user, version) = try await versioned(User.self, key) else {
                throw .noSuchUser(account, name)
            }
            owner = .user(account, user.name)
            ownerID = user.id
            // Written again as it is, so that who deletes the user meanwhile learns of the key.
            guards = [try put(user, key, expecting: .version(version))]
        }
        let present = try await all(.accessKeyOfOwner, prefix: owner.indexPrefix)
        guard present.count < AccessKey.perOwnerMax else {
            throw .tooManyAccessKeys(max: AccessKey.perOwnerMax)
        }
        let issued = IssuedAccessKey.random(for: owner)
        try await commit(guards + (try writes(of: issued, ownerID: ownerID, at: now)))
        return issued
    }

    /// The writes that make a fresh access key known.
    func writes(
        of issued: IssuedAccessKey,
        ownerID: PrincipalID? = nil,
        at now: Date
    ) throws(IAMError) -> [Write] {
        let wrapped: [UInt8]
        do throws(CryptographyError) {
            wrapped = try AccessKeySecret.wrap(issued.secret, of: issued.id, keyring: keyring.current)
        } catch {
            throw .cryptography
        }
        let key = AccessKey(
            id: issued.id,
            owner: issued.owner,
            status: .active,
            createdAt: now,
            ownerID: ownerID,
            wrappedSecret: wrapped
        )
        return [
            try put(key, key.id.recordKey, expecting: .absent),
            .put(key.owner.indexKey(key.id), [], expecting: .absent),
        ]
    }

    /// The access keys of an account: its root user's first, then its users' by name.
    package func accessKeys(of account: AccountID) async throws(IAMError) -> [AccessKey] {
        var keys: [AccessKey] = []
        for entry in try await all(.accessKeyOfOwner, prefix: "\(account)/") {
            guard let id = entry.key.key.split(separator: "/").last.flatMap({ AccessKeyID(String($0)) }),
                let key = try await read(AccessKey.self, id.recordKey)
            else { continue }
            keys.append(key)
        }
        return keys
    }

    /// When an access key was last used, as far as servers have written it down.
    package func lastUse(of id: AccessKeyID) async throws(IAMError) -> AccessKeyUse? {
        try await read(AccessKeyUse.self, id.useRecordKey)
    }

    /// Lets an access key be used, or not, until it is set otherwise.
    package func setStatus(
        _ status: AccessKey.Status,
        of id: AccessKeyID
    ) async throws(IAMError) {
        var attempt = 1
        while true {
            guard let (known, version) = try await versioned(AccessKey.self, id.recordKey) else {
                throw .noSuchAccessKey(id)
            }
            if known.status == status { return }
            var key = known
            key.status = status
            do throws(IAMError) {
                return try await commit([try put(key, id.recordKey, expecting: .version(version))])
            } catch .storage(.conflict) where attempt < Self.attemptsMax {
                attempt += 1
            }
        }
    }

    /// Erases an access key with all that is known of it.
    package func deleteAccessKey(_ id: AccessKeyID) async throws(IAMError) {
        guard let key = try await read(AccessKey.self, id.recordKey) else { throw .noSuchAccessKey(id) }
        try await commit([
            .delete(id.recordKey, expecting: .any),
            .delete(key.owner.indexKey(id), expecting: .any),
            .delete(id.useRecordKey, expecting: .any),
        ])
    }
}
