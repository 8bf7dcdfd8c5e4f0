/// A stored value with the version that its last writer gave it.
package struct Record: Hashable, Sendable {
    package let key: RecordKey
    package let value: [UInt8]
    /// The number of the change that wrote it; grows for a record also across deletion and re-creation.
    package let version: Int64

    package init(key: RecordKey, value: [UInt8], version: Int64) {
        self.key = key
        self.value = value
        self.version = version
    }
}

/// One entry of the store's ordered feed of changes.
package struct Change: Hashable, Sendable {
    /// Grows by one with every change; the version of the record that it wrote.
    package let sequence: Int64
    package let key: RecordKey
    package let deleted: Bool
    /// The version that the write gave the record; for a deletion no record carries it any more.
    package var version: Int64 { sequence }

    package init(sequence: Int64, key: RecordKey, deleted: Bool) {
        self.sequence = sequence
        self.key = key
        self.deleted = deleted
    }
}
