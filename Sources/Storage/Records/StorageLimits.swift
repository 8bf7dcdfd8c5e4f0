/// The most that a store takes.
package enum StorageLimits {
    package static let valueBytesMax = 1 << 20
    /// What sealing may add to a value; the engines below a seal allow for it.
    package static let sealBytesMax = 64
    package static let keyBytesMax = 1024
    package static let batchWritesMax = 1000
    /// The most records or changes that one call gives: the longest page of an AWS list, 1,000, and the one
    /// more that tells whether another page follows.
    package static let pageMax = 1001

    /// Which limit was passed.
    package enum Limit: Hashable, Sendable {
        case value(bytes: Int)
        case key(bytes: Int)
        case batch(writes: Int)
        case page(records: Int)
    }

    /// Refuses a batch, a key or a value above its limit, before anything is written.
    static func check(_ batch: [Write], valueBytesMax: Int) throws(StorageError) {
        guard batch.count <= batchWritesMax else { throw .tooLarge(.batch(writes: batch.count)) }
        for write in batch {
            try check(write.key)
            if case .put(_, let value, _) = write, value.count > valueBytesMax {
                throw .tooLarge(.value(bytes: value.count))
            }
        }
    }

    static func check(_ key: RecordKey) throws(StorageError) {
        let bytes = key.key.utf8.count
        guard bytes <= keyBytesMax else { throw .tooLarge(.key(bytes: bytes)) }
    }

    static func check(keys: [RecordKey]) throws(StorageError) {
        guard keys.count <= pageMax else { throw .tooLarge(.page(records: keys.count)) }
        for key in keys { try check(key) }
    }

    /// Refuses a page that is larger than the limit: a shorter one would look like the end.
    static func check(page limit: Int) throws(StorageError) {
        guard (1...pageMax).contains(limit) else { throw .tooLarge(.page(records: limit)) }
    }
}
