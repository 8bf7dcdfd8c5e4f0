import AWSProtocol
import Storage

import struct Foundation.Date

/// Changes to a secret, its replicas and its values that take effect together or not at all.
struct SecretChange {
    var secret: Secret
    /// The replicas that are there, by Region.
    var replicas: [Region: Secret] = [:]
    /// What lies where a new replica goes, to be replaced by it.
    var replaced: [SecretLocator: (secret: Secret, version: Int64)] = [:]
    private(set) var writes: [Write] = []

    init(_ secret: Secret) { self.secret = secret }

    mutating func write(_ write: Write) { writes.append(write) }

    /// Lets the trail have an event of what is changed.
    mutating func announce(_ event: SecretEvent) throws(SecretsManagerError) {
        write(.put(event.recordKey, try RecordCodec.encode(event), expecting: .absent))
    }

    /// Gives up a rotation whose labels somebody has moved.
    mutating func abandonOvertakenRotation(at now: Date) throws(SecretsManagerError) {
        guard try secret.abandonOvertakenRotation(at: now) else { return }
        try announce(SecretEvent(.rotationAbandoned, of: secret, at: now))
    }

    /// Lets replicas have what they share with their primary.
    ///
    /// A replica that lacks a labelled version keeps its labels as they are: an older value is better than none.
    mutating func updateReplicas() {
        for index in secret.replicas.indices {
            let region = secret.replicas[index].region
            guard var replica = replicas[region] else { continue }
            let held = Dictionary(uniqueKeysWithValues: replica.versions.map { ($0.id, $0) })
            let isWhole = secret.versions.allSatisfy {
                $0.isDeprecated || !$0.hasValue || held[$0.id] != nil
            }
            if isWhole {
                replica.versions = secret.versions.compactMap { version in
                    guard var copy = held[version.id] else { return nil }
                    copy.stages = version.stages
                    return copy
                }
                secret.replicas[index].message = nil
            } else {
                replica.versions.removeAll { $0.isDeprecated && secret.version($0.id) == nil }
            }
            secret.replicas[index].status = isWhole ? .inSync : .failed
            replica.tags = secret.tags
            replica.policy = secret.policy
            replica.description = secret.description
            replica.changedAt = secret.changedAt
            replicas[region] = replica
        }
    }
}

extension SecretsManagerService {
    /// How often a change that met another is tried again.
    private static let attemptsMax = 64

    /// Changes a secret together with its replicas in one atomic commit.
    ///
    /// The body runs on the secret as it is in memory or was just read, and again when that is not what the store has;
    /// it must have no effect of its own.
    /// - Throws: `.superseded` when the secret is not the one any more that the request was authorized on.
    func change<Value>(
        _ resolved: ResolvedSecret,
        _ body: (inout SecretChange) throws(SecretsManagerError) -> Value
    ) async throws(SecretsManagerError) -> Value {
        let known = resolved.secret
        if known.replicas.isEmpty {
            var change = SecretChange(known)
            let originals = [known.locator: (known, version: resolved.snapshot.version)]
            // What fails on a secret that may be stale is tried on the one that the store has.
            if let value = try? body(&change), try await commit(change, over: originals) { return value }
        }
        var attemptsLeft = Self.attemptsMax
        while true {
            guard let (secret, version) = try await read(known.locator), secret.suffix == known.suffix else {
                cache.drop([known.locator.recordKey])
                throw .superseded
            }
            if version != resolved.snapshot.version { cache.drop([known.locator.recordKey]) }
            var change = SecretChange(secret)
            var originals = [secret.locator: (secret, version)]
            for replica in secret.replicas {
                guard let found = try await read(secret.locator.relocated(to: replica.region)),
                    found.0.suffix == secret.suffix, found.0.isReplica
                else { continue }
                change.replicas[replica.region] = found.0
                originals[found.0.locator] = found
            }
            let value = try body(&change)
            if try await commit(change, over: originals) { return value }
            attemptsLeft -= 1
            guard attemptsLeft > 0 else { throw .storage(.conflict(known.locator.recordKey)) }
        }
    }

    /// Commits a change over what was read.
    ///
    /// - Returns: False when another change came first and nothing was written.
    func commit(
        _ change: SecretChange,
        over originals: [SecretLocator: (Secret, version: Int64)]
    ) async throws(SecretsManagerError) -> Bool {
        var writes = change.writes
        let originals = originals.merging(change.replaced.mapValues { ($0.secret, $0.version) }) { $1 }
        for secret in [change.secret] + change.replicas.values {
            let original = originals[secret.locator]
            guard original?.0 != secret else { continue }
            writes.append(
                .put(
                    secret.locator.recordKey,
                    try RecordCodec.encode(secret),
                    expecting: original.map { .version($0.version) } ?? .absent
                )
            )
            writes += Secret.indexChanges(from: original?.0, to: secret)
            guard let old = original?.0 else { continue }
            for version in old.versions where old.suffix != secret.suffix || secret.version(version.id) == nil
            {
                writes.append(.delete(old.valueKey(of: version.id), expecting: .any))
            }
        }
        for (locator, original) in originals
        where locator != change.secret.locator && change.replicas[locator.region] == nil {
            writes += Self.erasure(of: original.0, expecting: .version(original.version))
        }
        guard !writes.isEmpty else { return true }
        let (own, keys) = (change.secret.locator.recordKey, writes.map(\.key))
        guard writes.count <= StorageLimits.batchWritesMax else {
            let done = try await commitUnlessOvertaken(writes)
            cache.drop(keys)
            return done
        }
        let ticket = cache.beginLoading(own)
        let versions = try await commitBatch(writes)
        let place = writes.firstIndex { if case .put = $0 { $0.key == own } else { false } }
        let written = try place.flatMap { versions?[$0] }.map { version throws(SecretsManagerError) in
            try SecretSnapshot(secret: change.secret, version: version)
        }
        cache.replace(keys, by: written, ticket: ticket)
        return versions != nil
    }

    /// The writes that erase a secret with its values and indexes.
    static func erasure(of secret: Secret, expecting expectation: Expectation) -> [Write] {
        [.delete(secret.locator.recordKey, expecting: expectation)]
            + secret.versions.map { .delete(secret.valueKey(of: $0.id), expecting: .any) }
            + Secret.indexChanges(from: secret, to: nil)
            + (secret.rotation == nil ? [] : [.delete(secret.locator.rotationLeaseKey, expecting: .any)])
    }

    /// Erases a secret.
    ///
    /// - Returns: False when it changed meanwhile.
    func erase(_ secret: Secret, version: Int64, with more: [Write] = []) async throws(SecretsManagerError)
        -> Bool
    {
        let writes = Self.erasure(of: secret, expecting: .version(version)) + more
        let done = try await commitUnlessOvertaken(writes)
        cache.drop(writes.map(\.key))
        return done
    }

    /// Commits writes with preconditions.
    ///
    /// Where values that go make it more than one batch, they go in batches after the others: nothing leads to them
    /// any more.
    /// - Returns: False when another change came first and nothing was written.
    func commitUnlessOvertaken(_ writes: [Write]) async throws(SecretsManagerError) -> Bool {
        guard writes.count > StorageLimits.batchWritesMax else { return try await commitBatch(writes) != nil }
        var erased = writes.filter { if case .delete = $0 { $0.key.kind == .secretValue } else { false } }
        let kept = writes.filter { !erased.contains($0) }
        guard try await commitBatch(kept) != nil else { return false }
        while !erased.isEmpty {
            _ = try await commitBatch(Array(erased.prefix(StorageLimits.batchWritesMax)))
            erased.removeFirst(min(erased.count, StorageLimits.batchWritesMax))
        }
        return true
    }

    /// The versions that the writes of a batch gave their records; nil when another change came first.
    private func commitBatch(_ writes: [Write]) async throws(SecretsManagerError) -> [Int64?]? {
        guard !writes.isEmpty else { return [] }
        do throws(StorageError) {
            return try await store.commit(writes).versions
        } catch .conflict {
            return nil
        } catch {
            throw .storage(error)
        }
    }
}
