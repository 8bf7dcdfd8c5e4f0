package import Cryptography

/// A store whose values are sealed before they reach another store.
///
/// AES-256-GCM under the root keyring's key for records. A value's own kind and key are authenticated with
/// it, each behind its length, so a value that was moved to another record does not open. Kinds, keys and
/// versions stay readable: the store below orders by them.
package struct SealedStore: RecordStore {
    let base: any RecordStore
    let keyring: any KeyringSource
    private let observer: StoreObserver?

    /// Seals what goes into `base`; asks for the keyring at each call, so that a rotation takes effect at
    /// once, and has it renewed when a value names a root key that it does not hold yet.
    package init(
        _ base: any RecordStore,
        observer: StoreObserver? = nil,
        keyring: any KeyringSource
    ) {
        self.base = base
        self.observer = observer
        self.keyring = keyring
    }

    package func read(_ key: RecordKey) async throws(StorageError) -> Record? {
        guard let sealed = try await base.read(key) else { return nil }
        return try await open([sealed]).first
    }

    package func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        let sealed = try await base.read(keys)
        var opened = try await open(sealed.compactMap { $0 }).makeIterator()
        return sealed.map { $0 == nil ? nil : opened.next() }
    }

    package func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try await open(try await base.scan(kind, prefix: prefix, after: after, limit: limit))
    }

    package func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        try StorageLimits.check(batch, valueBytesMax: StorageLimits.valueBytesMax)
        let wrap = wrap()
        var sealed: [Write] = []
        sealed.reserveCapacity(batch.count)
        for write in batch { sealed.append(try Self.seal(write, with: wrap)) }
        guard let observer else { return try await base.commit(sealed) }
        let start = ContinuousClock.now
        do throws(StorageError) {
            let result = try await base.commit(sealed)
            observer.committed(ContinuousClock.now - start, nil)
            return result
        } catch {
            observer.committed(ContinuousClock.now - start, error)
            throw error
        }
    }

    package func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change] {
        try await base.changes(after: sequence, limit: limit)
    }

    package func latestChange() async throws(StorageError) -> Int64 { try await base.latestChange() }

    package func awaitChange(after sequence: Int64, upTo longest: Duration) async {
        await base.awaitChange(after: sequence, upTo: longest)
    }

    package func close() async { await base.close() }
}

// MARK: Sealing

extension SealedStore {
    private func wrap() -> KeyWrap { KeyWrap(keyring: keyring.current, purpose: .records) }

    private static func seal(_ write: Write, with wrap: KeyWrap) throws(StorageError) -> Write {
        guard case .put(let key, let value, let expectation) = write else { return write }
        do throws(CryptographyError) {
            return .put(
                key,
                try wrap.seal(record: value, authenticating: Self.associatedData(of: key)),
                expecting: expectation
            )
        } catch {
            throw .unavailable(reason: "the value of \(key) cannot be sealed")
        }
    }

    /// Opens records; those under a root key that another node made a moment ago, with a renewed keyring.
    func open(_ sealed: [Record]) async throws(StorageError) -> [Record] {
        var wrap = wrap()
        var isRenewed = false
        var records: [Record] = []
        records.reserveCapacity(sealed.count)
        for record in sealed {
            do throws(CryptographyError) {
                records.append(try Self.open(record, with: wrap))
            } catch .unknownRootVersion(let version) where !isRenewed {
                isRenewed = true
                wrap = try await renewedWrap(for: record.key, version)
                do throws(CryptographyError) {
                    records.append(try Self.open(record, with: wrap))
                } catch {
                    throw .corrupted(.record(record.key))
                }
            } catch {
                throw .corrupted(.record(record.key))
            }
        }
        return records
    }

    private func renewedWrap(for key: RecordKey, _ version: UInt32) async throws(StorageError) -> KeyWrap {
        do throws(KeyringUnavailable) {
            _ = try await keyring.refresh()
            return wrap()
        } catch {
            throw .unavailable(
                reason: "\(key) is under root key \(version), which cannot be had: \(error.reason)"
            )
        }
    }

    private static func open(_ sealed: Record, with wrap: KeyWrap) throws(CryptographyError) -> Record {
        Record(
            key: sealed.key,
            value: try wrap.openRecord(sealed.value, authenticating: associatedData(of: sealed.key)),
            version: sealed.version
        )
    }

    private static func associatedData(of key: RecordKey) -> [UInt8] {
        LengthPrefixed.bytes(of: key.kind.rawValue, key.key)
    }
}
