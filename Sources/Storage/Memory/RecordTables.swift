import Cryptography

/// The records and changes of a memory store, as a plain value.
struct RecordTables: Sendable {
    private(set) var latestChange: Int64 = 0
    /// Ascending by the keys' bytes.
    private var records: [RecordKind: [Record]] = [:]
    /// Ascending and without gaps; the last is ``latestChange``.
    private var feed: [Change] = []
    private let changesKept: Int

    init(changesKept: Int = 100_000) { self.changesKept = changesKept }

    func record(at key: RecordKey) -> Record? {
        guard let table = records[key.kind] else { return nil }
        let index = Self.position(of: key.key, in: table)
        guard index < table.count, table[index].key == key else { return nil }
        return table[index]
    }

    /// All records, ascending by the bytes of their kinds, then of their keys.
    var ordered: [Record] {
        records.sorted { UTF8Order.precedes($0.key.rawValue, $1.key.rawValue) }.flatMap(\.value)
    }

    func scan(_ kind: RecordKind, prefix: String, after: String?, limit: Int) -> [Record] {
        guard let table = records[kind] else { return [] }
        let start = table.partitioningIndex { record in
            guard let after else { return !UTF8Order.precedes(record.key.key, prefix) }
            return !UTF8Order.precedes(record.key.key, prefix)
                && UTF8Order.precedes(after, record.key.key)
        }
        return Array(table[start...].prefix { $0.key.key.utf8.starts(with: prefix.utf8) }.prefix(limit))
    }

    func changes(after sequence: Int64, limit: Int) throws(StorageError) -> [Change] {
        guard let oldest = feed.first?.sequence, sequence < latestChange else { return [] }
        guard sequence >= oldest - 1 else { throw .changesTrimmed(oldest: oldest) }
        return Array(feed[Int(sequence - (oldest - 1))...].prefix(limit))
    }

    /// Applies the writes in order; leaves the tables half changed when it throws.
    mutating func apply(_ batch: [Write]) throws(StorageError) -> CommitResult {
        var versions: [Int64?] = []
        for write in batch {
            let known = record(at: write.key)
            guard write.expectation.isMet(by: known?.version) else { throw .conflict(write.key) }
            switch write {
            case .put(let key, let value, _):
                latestChange += 1
                replace(key, with: Record(key: key, value: value, version: latestChange))
                note(key, deleted: false)
                versions.append(latestChange)
            case .delete(let key, _) where known != nil:
                latestChange += 1
                replace(key, with: nil)
                note(key, deleted: true)
                versions.append(latestChange)
            case .delete, .check:
                versions.append(nil)
            }
        }
        return CommitResult(versions: versions)
    }

    private mutating func note(_ key: RecordKey, deleted: Bool) {
        feed.append(Change(sequence: latestChange, key: key, deleted: deleted))
        if feed.count > changesKept { feed.removeFirst(feed.count - changesKept) }
    }

    private mutating func replace(_ key: RecordKey, with record: Record?) {
        var table = records[key.kind, default: []]
        let index = Self.position(of: key.key, in: table)
        let found = index < table.count && table[index].key == key
        table.replaceSubrange(index..<(found ? index + 1 : index), with: record.map { [$0] } ?? [])
        records[key.kind] = table
    }

    private static func position(of key: String, in table: [Record]) -> Int {
        table.partitioningIndex { !UTF8Order.precedes($0.key.key, key) }
    }
}
