package import Cryptography

/// A store whose values are sealed before they reach another store.
///
/// AES-256-GCM under the root keyring's key for records. A value's own kind and key are authenticated with
/// it, each behind its length, so a value that was moved to another record does not open. Kinds, keys and
/// versions stay readable: the store below orders by them.
package struct SealedStore: RecordStore {
    private let base: any RecordStore
    private let keyring: @Sendable () -> RootKeyring
    private let observer: StoreObserver?

    /// Seals what goes into `base`; asks for the keyring at each call, so that a rotation takes effect at
    /// once.
    package init(
        _ base: any RecordStore,
        observer: StoreObserver? = nil,
        keyring: @escaping @Sendable () -> RootKeyring
    ) {
        self.base = base
        self.observer = observer
        self.keyring = keyring
    }

    package func read(_ key: RecordKey) async throws(StorageError) -> Record? {
        guard let sealed = try await base.read(key) else { return nil }
        return try open(sealed, with: wrap())
    }

    package func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] {
        let sealed = try await base.read(keys)
        let wrap = wrap()
        var records: [Record?] = []
        records.reserveCapacity(sealed.count)
        for record in sealed {
            if let record { records.append(try open(record, with: wrap)) } else { records.append(nil) }
        }
        return records
    }

    package func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        let sealed = try await base.scan(kind, prefix: prefix, after: after, limit: limit)
        let wrap = wrap()
        var records: [Record] = []
        records.reserveCapacity(sealed.count)
        for record in sealed { records.append(try open(record, with: wrap)) }
        return records
    }

    package func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        try StorageLimits.check(batch, valueBytesMax: StorageLimits.valueBytesMax)
        let wrap = wrap()
        var sealed: [Write] = []
        sealed.reserveCapacity(batch.count)
        for write in batch { sealed.append(try seal(write, with: wrap)) }
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
    private func wrap() -> KeyWrap { KeyWrap(keyring: keyring(), purpose: .records) }

    private func seal(_ write: Write, with wrap: KeyWrap) throws(StorageError) -> Write {
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

    private func open(_ sealed: Record, with wrap: KeyWrap) throws(StorageError) -> Record {
        do throws(CryptographyError) {
            return Record(
                key: sealed.key,
                value: try wrap.openRecord(
                    sealed.value,
                    authenticating: Self.associatedData(of: sealed.key)
                ),
                version: sealed.version
            )
        } catch {
            throw .corrupted(.record(sealed.key))
        }
    }

    private static func associatedData(of key: RecordKey) -> [UInt8] {
        LengthPrefixed.bytes(of: key.kind.rawValue, key.key)
    }
}
