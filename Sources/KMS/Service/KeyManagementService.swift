package import AWSProtocol
package import Authorization
package import Cryptography
package import Operations
package import Storage

import struct Foundation.Date

/// AWS Key Management Service over a store: what all its operations share.
///
/// Operations find keys through it, change them through it, and nothing else; each operation's own rules
/// stand in its own file.
package final class KeyManagementService: OperationService {
    package static let eventSource = "kms.amazonaws.com"

    package let regions: [Region]
    /// The root keyring as it is now: take it once for what belongs together.
    package var keyring: RootKeyring { keyringSource.current }
    package let principals: any PrincipalDirectory
    private let keyringSource: any KeyringSource
    let store: any RecordStore
    let cache: SnapshotCache
    private let policies = SharedPolicies()
    let lastUsage: LastUsageTracker
    let labour = LabourPool.shared

    /// A service over a store that seals what it is given, with up to `cachedKeysMax` snapshots in memory.
    package init(
        store: any RecordStore,
        keyring: any KeyringSource,
        principals: any PrincipalDirectory,
        regions: [Region],
        cachedKeysMax: Int = 20_000
    ) {
        self.store = store
        keyringSource = keyring
        self.principals = principals
        self.regions = regions
        cache = SnapshotCache(capacity: cachedKeysMax)
        lastUsage = LastUsageTracker()
    }

    /// How the snapshots in memory are used, for metrics.
    package var cacheStatistics: KeyCacheStatistics { cache.statistics }

    /// Forgets everything, when changes elsewhere were missed.
    package func invalidateAll() {
        cache.dropAll()
    }

    /// Forgets what a change elsewhere has made stale.
    package func invalidate(_ key: RecordKey) {
        switch key.kind {
        case .key, .grant:
            if let locator = KeyLocator(recordPath: key.key) { cache.drop(CollectionOfOne(locator)) }
        case .alias:
            if let alias = AliasLocator(recordPath: key.key) { cache.drop(alias) }
        default: break
        }
    }
}

// MARK: Finding keys

extension KeyManagementService {
    package func resident(
        _ reference: KeyReference,
        for call: Call
    ) throws(KMSError) -> ResolvedKey? {
        switch reference {
        case .key(let locator, let account):
            return try cache.snapshot(locator).map { snapshot throws(KMSError) in
                try resolve(snapshot, in: account)
            }
        case .alias(let alias):
            guard let locator = cache.target(of: alias) else { return nil }
            return cache.snapshot(locator).map { ResolvedKey($0, alias: alias.name) }
        case .ciphertext(let locator):
            if cache.isAbsent(locator) { throw .unknownCiphertextKey }
            return cache.snapshot(locator).map { ResolvedKey($0) }
        case .grantToken(let token):
            let (locator, grant) = try openGrantToken(token)
            return cache.snapshot(locator).map { ResolvedKey($0, grant: grant) }
        case .keyWithLastUsage:
            return nil
        }
    }

    package func load(
        _ reference: KeyReference,
        for call: Call
    ) async throws(KMSError) -> ResolvedKey {
        if let resident = try resident(reference, for: call) { return resident }
        switch reference {
        case .key(let locator, let account):
            guard let snapshot = try await snapshot(locator) else { throw .keyNotFound(locator, account) }
            return try resolve(snapshot, in: account)
        case .alias(let alias):
            guard let locator = try await target(of: alias, for: call),
                let snapshot = try await snapshot(locator)
            else { throw .aliasNotFound(alias) }
            return ResolvedKey(snapshot, alias: alias.name)
        case .ciphertext(let locator):
            guard let snapshot = try await snapshot(locator) else { throw .unknownCiphertextKey }
            return ResolvedKey(snapshot)
        case .grantToken(let token):
            let (locator, grant) = try openGrantToken(token)
            guard let snapshot = try await snapshot(locator) else { throw .invalidGrantToken }
            return ResolvedKey(snapshot, grant: grant)
        case .keyWithLastUsage(let locator, let account):
            let key = try await load(.key(locator, account), for: call)
            return ResolvedKey(key.snapshot, lastUsage: try await lastUsage(of: locator))
        }
    }

    /// A key of another account than the reference says does not exist for that reference.
    private func resolve(
        _ snapshot: KeySnapshot,
        in account: AccountID
    ) throws(KMSError) -> ResolvedKey {
        guard snapshot.key.account == account else { throw .keyNotFound(snapshot.key.locator, account) }
        return ResolvedKey(snapshot)
    }

    /// The snapshot of a key, loaded when needed; nil when there is no such key.
    func snapshot(_ locator: KeyLocator) async throws(KMSError) -> KeySnapshot? {
        if let cached = cache.snapshot(locator) { return cached }
        let ticket = cache.beginLoading()
        guard let (stored, version) = try await readKey(locator) else {
            cache.noteAbsence(of: locator, ticket: ticket)
            return nil
        }
        let shared = try policies.entry(for: stored.policy)
        var key = stored
        key.policy = shared.policy
        let snapshot = KeySnapshot(
            key: key,
            version: version,
            policy: shared.document,
            grants: try await grants(on: locator),
            materials: try unwrapMaterials(of: key)
        )
        cache.install(snapshot, ticket: ticket)
        return snapshot
    }

    /// The key as the store has it now, with the version of its record.
    func readKey(_ locator: KeyLocator) async throws(KMSError) -> (Key, version: Int64)? {
        let record = try await storing { () async throws(StorageError) in
            try await store.read(locator.recordKey)
        }
        guard let record else { return nil }
        return (try RecordCodec.decode(Key.self, from: record), record.version)
    }

    private func grants(on locator: KeyLocator) async throws(KMSError) -> [KeyGrant] {
        var grants: [KeyGrant] = []
        var after: String?
        while true {
            let page = try await storing { [after] () async throws(StorageError) in
                try await store.scan(.grant, prefix: locator.grantPrefix, after: after, limit: 1000)
            }
            for record in page { grants.append(try RecordCodec.decode(KeyGrant.self, from: record)) }
            guard page.count == 1000 else { return grants }
            after = page.last?.key.key
        }
    }

    /// The key an alias points to; a predefined alias gets its AWS managed key on first use.
    private func target(of alias: AliasLocator, for call: Call) async throws(KMSError) -> KeyLocator? {
        let ticket = cache.beginLoading()
        if let record = try await readAlias(alias) {
            cache.install(record.alias.target, of: alias, ticket: ticket)
            return record.alias.target
        }
        guard let service = ManagedKeys.service(of: alias.name),
            call.caller.account == alias.account.description
        else { return nil }
        return try await makeManagedKey(for: service, alias: alias, at: call.now)
    }

    /// An alias as the store has it now.
    func readAlias(_ alias: AliasLocator) async throws(KMSError) -> (alias: Alias, version: Int64)? {
        let record = try await storing { () async throws(StorageError) in
            try await store.read(alias.recordKey)
        }
        guard let record else { return nil }
        return (try RecordCodec.decode(Alias.self, from: record), record.version)
    }
}

// MARK: Changing keys

extension KeyManagementService {
    /// How often a change that met another is tried again.
    private static let attemptsMax = 8

    /// Changes keys, and records that belong to them, in one atomic commit.
    ///
    /// The body runs on copies that were just read, and again when another change came between; it must
    /// have no effect of its own. Keys that do not exist are left out of the transaction.
    func commit<Value>(
        _ locators: [KeyLocator],
        _ body: (inout KeyTransaction) async throws(KMSError) -> Value
    ) async throws(KMSError) -> Value {
        var attempt = 1
        while true {
            var transaction = KeyTransaction()
            for locator in locators {
                guard let (key, version) = try await readKey(locator) else { continue }
                transaction.load(key, version: version)
            }
            let value = try await body(&transaction)
            do throws(KMSError) {
                try await write(try transaction.writes())
                cache.drop(transaction.touched)
                return value
            } catch {
                cache.drop(transaction.touched)
                guard case .storage(.conflict) = error, attempt < Self.attemptsMax else { throw error }
                attempt += 1
            }
        }
    }

    /// Adds a key under an id that was drawn for it.
    func insert(_ key: Key) async throws(KMSError) {
        // Even when it failed: it may be there all the same, and somebody may have looked for it before.
        defer { cache.drop(CollectionOfOne(key.locator)) }
        try await write(try KeyTransaction.insertion(of: key))
    }

    /// Changes one key.
    @discardableResult
    func change<Value>(
        _ resolved: ResolvedKey,
        _ body: (inout Key) throws(KMSError) -> Value
    ) async throws(KMSError) -> Value {
        let locator = resolved.key.locator
        return try await commit([locator]) { transaction throws(KMSError) in
            guard var key = try? transaction.key(locator) else {
                // It was erased after the request was authorized.
                throw .keyNotFound(locator, resolved.key.account)
            }
            let value = try body(&key)
            transaction.put(key)
            return value
        }
    }

    private func write(_ writes: [Write]) async throws(KMSError) {
        guard !writes.isEmpty else { return }
        _ = try await storing { () async throws(StorageError) in try await store.commit(writes) }
    }

    /// The locators of all Regions a key lives in; itself alone for a single-Region key.
    func family(of key: Key) -> [KeyLocator] {
        key.multiRegion?.allRegions.map { key.locator.relocated(to: $0) } ?? [key.locator]
    }
}
