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
    let cache: CredentialCache
    private let keyring: any KeyringSource
    private let uses = AccessKeyUseTracker()

    /// Makes a directory over a store that seals what it is given, which keeps `residentMax` credentials.
    package init(store: any RecordStore, keyring: any KeyringSource, residentMax: Int = 10_000) {
        self.store = store
        self.keyring = keyring
        cache = CredentialCache(countMax: residentMax)
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
        guard let id = AccessKeyID(accessKeyID) else { return nil }
        let ticket = cache.beginLoading()
        guard let key = try await read(AccessKey.self, id.recordKey), key.status == .active else {
            return nil
        }
        guard let credential = try await credential(for: key) else { return nil }
        cache.install(credential, ticket: ticket)
        return credential
    }

    /// Forgets what a change has made stale.
    package func invalidate(_ key: RecordKey) {
        switch key.kind {
        case .accessKey: cache.drop(key.key)
        case .user:
            let user = UserLocator(recordPath: key.key)
            cache.drop { $0.user == user }
        case .account: cache.drop { $0.account.description == key.key }
        default: break
        }
    }

    /// Forgets everything, for when changes may have been missed.
    package func invalidateAll() {
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
                user: nil
            )
        case .user(let account, let name):
            guard let user = try await read(User.self, User.recordKey(account, name)) else { return nil }
            do throws(PolicyError) {
                return Credential(
                    id: key.id,
                    secret: secret,
                    caller: try user.caller(),
                    account: account,
                    user: UserLocator(account, name)
                )
            } catch {
                throw .storage(.corrupted(.record(User.recordKey(account, name))))
            }
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
        let record = try await storing { () async throws(StorageError) in try await store.read(key) }
        guard let record else { return nil }
        return try coding { () throws(StorageError) in try RecordCoding.decode(type, from: record) }
    }
}

// MARK: Last use

extension IdentityDirectory {
    /// Remembers that an access key was used; cheap enough for every request.
    package func noteUse(of credential: Credential, service: AWSService, region: Region, at now: Date) {
        uses.note(credential.id, service: service.signingName, region: region, at: now)
    }

    /// Writes down the uses that are only in memory.
    package func flushUses() async throws(IAMError) {
        let pending = uses.pending()
        var writes: [Write] = []
        for (id, use) in pending {
            let bytes = try coding { () throws(StorageError) in try RecordCoding.encode(use) }
            writes.append(.put(id.useRecordKey, bytes, expecting: .any))
        }
        for start in stride(from: 0, to: writes.count, by: 500) {
            let batch = Array(writes[start..<min(start + 500, writes.count)])
            _ = try await storing { () async throws(StorageError) in try await store.commit(batch) }
        }
        uses.forget(pending)
    }
}
