package import Cryptography
package import KES
package import Storage

/// Keys as records of a Strongroom store, sealed like all its records.
package struct SealedKeyStore: WatchedKeyStore {
    /// Tells of records that anybody wrote or deleted, and nil when it may have been any, until it is cancelled.
    package typealias Feed =
        @Sendable (
            _ onChange: @escaping @Sendable (RecordKey?) -> Void,
            _ onFailure: @escaping @Sendable (KeyStoreError) -> Void
        ) async -> Void

    /// Under the key's name lies what KES would keep there.
    package static let kind = RecordKind("kes.key")
    package static let recordKinds = [kind]

    package let summary: String
    private let records: any RecordStore
    private let feed: Feed

    /// Keeps keys in `records`, which seals what it is given, and hears of changes by `feed`.
    package init(_ records: any RecordStore, summary: String, feed: @escaping Feed) {
        self.records = records
        self.summary = summary
        self.feed = feed
    }

    package func create(_ name: KeyName, _ value: SharedSecret) async throws(KeyStoreError) {
        let write = Write.put(key(name), value.withUnsafeBytes { Array($0) }, expecting: .absent)
        do throws(StorageError) {
            _ = try await records.commit([write])
        } catch .conflict {
            throw .exists
        } catch .unavailable(let reason) {
            // The record may have been written all the same.
            if let found = try await read(name), found.isEqual(to: value) { return }
            throw .unreachable(reason: reason)
        } catch {
            throw .of(error)
        }
    }

    package func value(_ name: KeyName) async throws(KeyStoreError) -> SharedSecret {
        guard let value = try await read(name) else { throw .missing }
        return value
    }

    package func delete(_ name: KeyName) async throws(KeyStoreError) {
        let deletion = Write.delete(key(name), expecting: .any)
        let result = try await asking { () throws(StorageError) in try await records.commit([deletion]) }
        // A deletion that changed nothing has no version.
        guard result.versions.first != .some(nil) else { throw .missing }
    }

    package func list(
        prefix: String,
        continuing token: String?
    ) async throws(KeyStoreError) -> KeyStorePage {
        let count = StorageLimits.pageMax
        let found = try await asking { () throws(StorageError) in
            try await records.scan(Self.kind, prefix: prefix, after: token, limit: count)
        }
        return KeyStorePage(
            names: found.compactMap { KeyName(stored: $0.key.key) },
            next: found.count == count ? found.last?.key.key : nil
        )
    }

    package func latency() async throws(KeyStoreError) -> Duration {
        let start = ContinuousClock.now
        _ = try await asking { () throws(StorageError) in try await records.latestChange() }
        return ContinuousClock.now - start
    }

    package func watch(
        _ onChange: @escaping @Sendable (KeyName?) -> Void,
        onFailure: @escaping @Sendable (KeyStoreError) -> Void
    ) async {
        await feed(
            { record in
                guard let record else { return onChange(nil) }
                guard record.kind == Self.kind, let name = KeyName(stored: record.key) else { return }
                onChange(name)
            },
            onFailure
        )
    }

    private func key(_ name: KeyName) -> RecordKey { RecordKey(Self.kind, name.text) }

    private func read(_ name: KeyName) async throws(KeyStoreError) -> SharedSecret? {
        let record = try await asking { () throws(StorageError) in try await records.read(key(name)) }
        return record.map { SharedSecret(SecretBytes(copying: $0.value)) }
    }

    private func asking<Answer>(
        _ call: () async throws(StorageError) -> Answer
    ) async throws(KeyStoreError) -> Answer {
        do throws(StorageError) { return try await call() } catch { throw .of(error) }
    }
}

extension KeyStoreError {
    /// What a store of records says, in the words of a key store.
    package static func of(_ error: StorageError) -> KeyStoreError {
        switch error {
        case .unavailable(let reason): .unreachable(reason: reason)
        case .closed, .conflict, .full, .corrupted, .changesTrimmed, .tooLarge:
            .unavailable(reason: "\(error)")
        }
    }
}

extension KeyName {
    /// Nil for a record that no key store wrote.
    fileprivate init?(stored text: String) {
        guard let name = try? KeyName(text) else { return nil }
        self = name
    }
}
