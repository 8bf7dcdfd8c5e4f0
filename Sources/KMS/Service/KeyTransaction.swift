import Storage

/// Changes to keys, and to records that belong to them, that take effect together or not at all.
struct KeyTransaction {
    private struct Loaded {
        let key: Key
        let version: Int64
    }

    private var originals: [KeyLocator: Loaded] = [:]
    private var keys: [KeyLocator: Key] = [:]
    private var extra: [Write] = []

    mutating func load(_ key: Key, version: Int64) {
        originals[key.locator] = Loaded(key: key, version: version)
        keys[key.locator] = key
    }

    /// A key of the transaction.
    ///
    /// - Throws: `.internalFailure` for a key that was neither loaded nor inserted.
    func key(_ locator: KeyLocator) throws(KMSError) -> Key {
        guard let key = keys[locator] else { throw .internalFailure }
        return key
    }

    /// Replaces or adds a key.
    mutating func put(_ key: Key) {
        keys[key.locator] = key
    }

    /// Erases a key.
    mutating func remove(_ locator: KeyLocator) {
        keys[locator] = nil
    }

    /// Adds a write of a record other than a key's own.
    mutating func write(_ write: Write) {
        extra.append(write)
    }

    /// The keys of the transaction, in no order.
    var allKeys: [Key] { Array(keys.values) }

    /// All writes: changed keys against the versions that were read, with the index records they imply.
    ///
    /// Keys that were read and not changed are checked to be so still: what was decided by looking at them
    /// must not be overtaken. Empty when nothing changed.
    func writes() throws(KMSError) -> [Write] {
        var writes = extra
        for (locator, loaded) in originals where keys[locator] == nil {
            writes.append(.delete(locator.recordKey, expecting: .version(loaded.version)))
            writes += KeyIndex.changes(from: loaded.key, to: nil)
        }
        var checks: [Write] = []
        for (locator, key) in keys {
            let loaded = originals[locator]
            if let loaded, loaded.key == key {
                checks.append(.check(locator.recordKey, expecting: .version(loaded.version)))
                continue
            }
            guard let loaded else {
                writes += try Self.insertion(of: key)
                continue
            }
            writes.append(
                .put(locator.recordKey, try RecordCodec.encode(key), expecting: .version(loaded.version))
            )
            writes += KeyIndex.changes(from: loaded.key, to: key)
        }
        return writes.isEmpty ? [] : checks + writes
    }

    /// The writes of a key that is new, with its index records.
    static func insertion(of key: Key) throws(KMSError) -> [Write] {
        [.put(key.locator.recordKey, try RecordCodec.encode(key), expecting: .absent)]
            + KeyIndex.entries(of: key).map { .put($0, [], expecting: .any) }
    }

    /// The keys whose snapshots a commit makes stale.
    var touched: [KeyLocator] { originals.keys + keys.keys.filter { originals[$0] == nil } }
}

/// The records that are derived from a key so that it can be found.
enum KeyIndex {
    static func changes(from old: Key, to new: Key?) -> [Write] {
        let before = entries(of: old)
        let after = new.map(entries) ?? []
        var gone = before.filter { !after.contains($0) }
        if new == nil { gone.append(old.formerAccountRecordKey) }
        return gone.map { .delete($0, expecting: .any) }
            + after.filter { !before.contains($0) }.map { .put($0, [], expecting: .any) }
    }

    static func entries(of key: Key) -> [RecordKey] {
        [key.accountRecordKey] + key.dueTasks.map(\.recordKey)
    }
}
