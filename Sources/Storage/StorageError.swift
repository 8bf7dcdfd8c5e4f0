/// Why a store did not do what it was asked; never carries a value.
package enum StorageError: Error, Hashable {
    /// A write's expectation was not met: somebody else was first. Nothing of the batch was written.
    case conflict(RecordKey)
    /// The store cannot be reached or opened, or did not answer in time. When a commit throws it, the batch
    /// may or may not have been written: read before trying again. The reason is for the log.
    case unavailable(reason: String)
    /// There is no room for the batch; nothing of it was written, and reading still works.
    case full
    /// What was read cannot be what was written.
    case corrupted(Corruption)
    /// The feed no longer goes back so far; `oldest` is the first change it still has. Drop what is cached,
    /// and go on from ``RecordStore/latestChange()``.
    case changesTrimmed(oldest: Int64)
    case tooLarge(StorageLimits.Limit)
    /// The store was closed.
    case closed

    /// What was damaged.
    package enum Corruption: Hashable, Sendable {
        /// A value that was changed, moved here from another record, or sealed under an unknown root key.
        case record(RecordKey)
        case file(path: String, reason: String)
    }
}

extension StorageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .conflict(let key): "the record \(key) was changed by somebody else"
        case .unavailable(let reason): "the store is unavailable: \(reason)"
        case .full: "the store is full"
        case .corrupted(.record(let key)): "the record \(key) is damaged, or of another root key"
        case .corrupted(.file(let path, let reason)): "the store \(path) is damaged: \(reason)"
        case .changesTrimmed(let oldest): "the feed of changes begins at \(oldest)"
        case .tooLarge(let limit): limit.description
        case .closed: "the store is closed"
        }
    }
}

extension StorageLimits.Limit: CustomStringConvertible {
    package var description: String {
        switch self {
        case .value(let bytes): "a value of \(bytes) bytes is more than \(StorageLimits.valueBytesMax)"
        case .key(let bytes): "a key of \(bytes) bytes is more than \(StorageLimits.keyBytesMax)"
        case .batch(let writes): "a batch of \(writes) writes is more than \(StorageLimits.batchWritesMax)"
        case .page(let records): "a page of \(records) is not within 1 and \(StorageLimits.pageMax)"
        }
    }
}
