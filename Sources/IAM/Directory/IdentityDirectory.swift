package import AWSProtocol
import Authorization
package import Cryptography
package import Storage

package import struct Foundation.Date

/// Resolves access keys to callers, from memory where it can.
///
/// What it holds is dropped when the store's change feed names a record it was made from: deactivating a key
/// or changing a user's policies takes effect as fast as the feed is followed.
package final class IdentityDirectory: Sendable {
    let store: any RecordStore
    let cache: ResidentCache<Credential>
    let roles: ResidentCache<RoleSnapshot>
    let compiledPolicies = CompiledPolicies()
    /// Failed tries to log in, which slow down further ones.
    let passwordAttempts = FailedAttempts(.passwords)
    let keyring: any KeyringSource
    private let uses = UseTracker<AccessKeyID, AccessKeyUse>()
    private let roleUses = UseTracker<PrincipalID, RoleUse>()

    /// Makes a directory over a store that seals what it is given, which keeps `residentMax` credentials.
    package init(store: any RecordStore, keyring: any KeyringSource, residentMax: Int = 10_000) {
        self.store = store
        self.keyring = keyring
        cache = ResidentCache(countMax: residentMax)
        roles = ResidentCache(countMax: residentMax)
    }

    /// How the credentials in memory are used, for metrics.
    package var cacheStatistics: CredentialCacheStatistics { cache.statistics }

    /// The credential of an access key if it is in memory.
    package func resident(_ accessKeyID: String) -> Credential? { cache[accessKeyID] }

    /// The credential of an access key, read from the store when needed.
    ///
    /// - Returns: Nil for a key that is unknown or inactive, or whose owner is gone.
    package func load(_ accessKeyID: String) async throws(IAMError) -> Credential? {
        if let resident = cache[accessKeyID] { return resident }
        guard let id = AccessKeyID(accessKeyID), !id.isTemporary else { return nil }
        let ticket = cache.beginLoading()
        guard let key = try await read(AccessKey.self, id.recordKey), key.status == .active else {
            return nil
        }
        guard let credential = try await credential(for: key) else { return nil }
        cache.install(credential, at: accessKeyID, ticket: ticket)
        return credential
    }

    /// Forgets what a change has made stale.
    package func invalidate(_ key: RecordKey) {
        switch key.kind {
        case .accessKey, .account, .user: cache.drop(madeOf: key)
        case .group, .role, .managedPolicy, .principalID:
            // Roles first: a session that is made of a role meanwhile is then among the credentials dropped.
            roles.drop(madeOf: key)
            cache.drop(madeOf: key)
        default: break
        }
    }

    /// Forgets everything, for when changes may have been missed.
    package func invalidateAll() {
        roles.drop { _ in true }
        cache.drop { _ in true }
    }

    private func credential(for key: AccessKey) async throws(IAMError) -> Credential? {
        let secret = try secret(of: key)
        switch key.owner {
        case .root(let account):
            guard try await read(Account.self, account.recordKey) != nil else { return nil }
            return Credential(
                id: key.id,
                secret: secret,
                caller: .root(account: account.description),
                account: account,
                sources: [key.id.recordKey, account.recordKey]
            )
        case .user(let account, let name):
            guard let snapshot = try await user(name, of: account),
                key.ownerID == nil || key.ownerID == snapshot.user.id
            else { return nil }
            return Credential(
                id: key.id,
                secret: secret,
                caller: snapshot.caller,
                account: account,
                sources: snapshot.sources.union([key.id.recordKey])
            )
        }
    }

    private func secret(of key: AccessKey) throws(IAMError) -> SecretAccessKey {
        do throws(CryptographyError) {
            return try AccessKeySecret.unwrap(key, keyring: keyring.current)
        } catch {
            throw .storage(.corrupted(.record(key.id.recordKey)))
        }
    }

    func read<Value: Decodable>(
        _ type: Value.Type,
        _ key: RecordKey
    ) async throws(IAMError) -> Value? {
        try await versioned(type, key)?.value
    }

    func versioned<Value: Decodable>(
        _ type: Value.Type,
        _ key: RecordKey
    ) async throws(IAMError) -> (value: Value, version: Int64)? {
        let record = try await storing { () async throws(StorageError) in try await store.read(key) }
        guard let record else { return nil }
        let value = try coding { () throws(StorageError) in try RecordCoding.decode(type, from: record) }
        return (value, record.version)
    }
}

// MARK: Last use

extension IdentityDirectory {
    /// Remembers that an access key was used; cheap enough for every request.
    package func noteUse(of credential: Credential, service: AWSService, region: Region, at now: Date) {
        if let session = credential.session {
            if let role = session.role { noteUse(ofRole: role, region: region, at: now) }
            return
        }
        uses.note(credential.id, at: now) {
            AccessKeyUse(date: now, service: service.signingName, region: region.description)
        }
    }

    /// Remembers that a role was assumed or used.
    package func noteUse(ofRole id: PrincipalID, region: Region, at now: Date) {
        roleUses.note(id, at: now) { RoleUse(date: now, region: region.description) }
    }

    /// When an access key was last used here, or elsewhere as far as servers have written it down.
    package func lastUse(of id: AccessKeyID) async throws(IAMError) -> AccessKeyUse? {
        if let pending = uses.pending()[id] { return pending }
        return try await read(AccessKeyUse.self, id.useRecordKey)
    }

    /// When a role was last used here, or elsewhere as far as servers have written it down.
    package func lastUse(ofRole id: PrincipalID) async throws(IAMError) -> RoleUse? {
        if let pending = roleUses.pending()[id] { return pending }
        return try await read(RoleUse.self, id.roleUseRecordKey)
    }

    /// Writes down the uses that are only in memory.
    package func flushUses() async throws(IAMError) {
        try await flush(uses) { $0.useRecordKey }
        try await flush(roleUses) { $0.roleUseRecordKey }
    }

    private func flush<Subject, Use: Codable>(
        _ tracker: UseTracker<Subject, Use>,
        _ key: (Subject) -> RecordKey
    ) async throws(IAMError) {
        let pending = tracker.pending()
        var writes: [Write] = []
        for (subject, use) in pending {
            let bytes = try coding { () throws(StorageError) in try RecordCoding.encode(use) }
            writes.append(.put(key(subject), bytes, expecting: .any))
        }
        for start in stride(from: 0, to: writes.count, by: 500) {
            let batch = Array(writes[start..<min(start + 500, writes.count)])
            _ = try await storing { () async throws(StorageError) in try await store.commit(batch) }
        }
        tracker.forget(pending)
    }
}
