package import AWSProtocol
package import Authorization
package import Cryptography
package import KMS
package import Operations
package import Storage

/// AWS Secrets Manager over a store: what all its operations share.
///
/// Operations find secrets through it, change them through it, and nothing else; each operation's own rules stand
/// in its own file.
package final class SecretsManagerService: OperationService {
    package static let eventSource = "secretsmanager.amazonaws.com"

    package let regions: [Region]
    let store: any RecordStore
    let principals: any PrincipalDirectory
    let keys: ValueKeys
    let cache: SecretCache
    let accesses = AccessTracker()
    let rotations = RotationQueue()
    private let keyringSource: any KeyringSource
    private let recorder: AuditRecorder

    /// A service over a store that seals what it is given, whose values are encrypted under keys of `kms`.
    ///
    /// Up to `secretsMax` secrets and `valueBytesMax` bytes of sealed values stay in memory.
    package init(
        store: any RecordStore,
        keyring: any KeyringSource,
        principals: any PrincipalDirectory,
        kms: KeyManagementService,
        recorder: AuditRecorder,
        secretsMax: Int = 20_000,
        valueBytesMax: Int = 64 << 20
    ) {
        self.store = store
        keyringSource = keyring
        self.principals = principals
        self.recorder = recorder
        regions = kms.regions
        keys = ValueKeys(kms: kms, frame: OperationFrame(service: kms, recorder: recorder))
        cache = SecretCache(secretsMax: secretsMax, valueBytesMax: valueBytesMax)
    }

    var keyring: RootKeyring { keyringSource.current }

    /// What runs operations of this service, for those that ask for others.
    package var frame: OperationFrame<SecretsManagerService> {
        OperationFrame(service: self, recorder: recorder)
    }

    /// How the secrets and values in memory are used.
    package var cacheStatistics: SecretCacheStatistics { cache.statistics }

    /// Forgets everything, when changes elsewhere were missed.
    package func invalidateAll() {
        cache.dropAll()
        rotations.forget()
    }

    /// Forgets what a change elsewhere has made stale.
    package func invalidate(_ key: RecordKey) {
        if key.kind == .secret || key.kind == .secretValue { cache.drop([key]) }
        rotations.note(key)
    }
}

// MARK: Finding secrets

extension SecretsManagerService {
    package func resident(
        _ reference: SecretReference,
        for call: Call
    ) throws(SecretsManagerError) -> ResolvedSecret? {
        guard let snapshot = resident(reference.id) else { return nil }
        guard case .value(let selector) = reference.need, !snapshot.isDeleted,
            let version = try? snapshot.version(selector)
        else { return ResolvedSecret(snapshot, text: reference.id.text) }
        guard let value = cache.value(snapshot.valueKey(of: version.id)),
            let key = keys.resident(value, for: call)
        else { return nil }
        return ResolvedSecret(snapshot, text: reference.id.text, value: value, key: key)
    }

    package func load(
        _ reference: SecretReference,
        for call: Call
    ) async throws(SecretsManagerError) -> ResolvedSecret {
        guard let snapshot = try await find(reference.id) else {
            if reference.need == .presence { return ResolvedSecret(absent: reference.id) }
            throw .secretNotFound(reference.id.absentResource)
        }
        guard case .value(let selector) = reference.need, snapshot.secret.deletion == nil,
            let version = try? snapshot.secret.version(selector)
        else { return ResolvedSecret(snapshot, text: reference.id.text) }
        return try await resolve(snapshot, version.id, text: reference.id.text, for: call)
    }

    /// A secret with the sealed value of one of its versions.
    func resolve(
        _ snapshot: SecretSnapshot,
        _ version: String,
        text: String,
        for call: Call
    ) async throws(SecretsManagerError) -> ResolvedSecret {
        let value = try await value(snapshot.valueKey(of: version))
        let key = try await value.flatMapAsync { value throws(SecretsManagerError) in
            try await keys.load(value, for: call)
        }
        return ResolvedSecret(snapshot, text: text, value: value, key: key)
    }

    /// The secret that an id means if that can be told from memory.
    private func resident(_ id: SecretID) -> SecretSnapshot? {
        for candidate in id.candidates {
            guard let snapshot = cache.secret(candidate.locator) else { return nil }
            if candidate.suffix == nil || candidate.suffix == snapshot.secret.suffix { return snapshot }
        }
        return nil
    }

    /// The secret that an id means; nil when there is none.
    func find(_ id: SecretID) async throws(SecretsManagerError) -> SecretSnapshot? {
        for candidate in id.candidates {
            guard let snapshot = try await snapshot(candidate.locator) else { continue }
            if candidate.suffix == nil || candidate.suffix == snapshot.secret.suffix { return snapshot }
        }
        return nil
    }

    /// The snapshot of a secret, loaded when needed; nil when there is no such secret.
    func snapshot(_ locator: SecretLocator) async throws(SecretsManagerError) -> SecretSnapshot? {
        if let cached = cache.secret(locator) { return cached }
        let ticket = cache.beginLoading(locator.recordKey)
        guard let (secret, version) = try await read(locator) else {
            cache.noteAbsence()
            return nil
        }
        let snapshot = try SecretSnapshot(secret: secret, version: version)
        cache.install(snapshot, ticket: ticket)
        return snapshot
    }

    /// A secret as the store has it now, with the version of its record.
    func read(_ locator: SecretLocator) async throws(SecretsManagerError) -> (Secret, version: Int64)? {
        let record = try await storing { () async throws(StorageError) in
            try await store.read(locator.recordKey)
        }
        guard let record else { return nil }
        return (try RecordCodec.decode(Secret.self, from: record), record.version)
    }

    private func value(_ key: RecordKey) async throws(SecretsManagerError) -> SealedValue? {
        if let cached = cache.value(key) { return cached }
        let ticket = cache.beginLoading(key)
        let record = try await storing { () async throws(StorageError) in try await store.read(key) }
        guard let record else { return nil }
        let value = try RecordCodec.decode(SealedValue.self, from: record)
        cache.install(value, of: key, ticket: ticket)
        return value
    }
}

extension Optional {
    fileprivate func flatMapAsync<Value>(
        _ body: (Wrapped) async throws(SecretsManagerError) -> Value?
    ) async throws(SecretsManagerError) -> Value? {
        guard let self else { return nil }
        return try await body(self)
    }
}
