import Crypto
import Cryptography

/// What went through a copy: how many records of each kind, and one digest over all of them.
///
/// The digest is SHA-256 over the records' form in a backup, in their order; versions are not in it. Two
/// stores with the same records have the same tally, whatever their engines.
package struct RecordTally: Sendable {
    package private(set) var records = 0
    package private(set) var countsByKind: [RecordKind: Int] = [:]
    private var hasher = SHA256()
    private var last: RecordKey?

    package init() {}

    /// The digest over what was added so far, in hexadecimal digits.
    package var digestText: String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    var digest: [UInt8] { Array(hasher.finalize()) }

    /// Adds a record, whose form in a backup may be given when it is at hand.
    ///
    /// - Returns: False, and the record was not added, when it does not follow the one before.
    mutating func add(_ key: RecordKey, form: UnsafeRawBufferPointer) -> Bool {
        if let last {
            guard Self.precedes(last, key) else { return false }
        }
        last = key
        records += 1
        countsByKind[key.kind, default: 0] += 1
        hasher.update(bufferPointer: form)
        return true
    }

    /// Adds a record; false when it does not follow the one before.
    mutating func add(_ record: Record) -> Bool {
        var form: [UInt8] = []
        BackupRecord.append(record, to: &form)
        return form.withUnsafeBytes { add(record.key, form: $0) }
    }

    private static func precedes(_ left: RecordKey, _ right: RecordKey) -> Bool {
        if UTF8Order.areEqual(left.kind.rawValue, right.kind.rawValue) {
            return UTF8Order.precedes(left.key, right.key)
        }
        return UTF8Order.precedes(left.kind.rawValue, right.kind.rawValue)
    }
}

extension RecordTally: Equatable {
    package static func == (left: RecordTally, right: RecordTally) -> Bool {
        left.records == right.records && left.countsByKind == right.countsByKind
            && left.digest == right.digest
    }
}
