/// A record's form in a backup.
///
/// The kind behind its length (1 byte), the key behind its length (2 bytes), the value behind its length (4
/// bytes); lengths are big endian, kind and key UTF-8. The version is left out: a store that takes the record
/// gives it one of its own.
enum BackupRecord {
    /// Whether a backup can hold the record.
    static func fits(_ record: Record) -> Bool {
        (1...BackupFormat.kindBytesMax).contains(record.key.kind.rawValue.utf8.count)
            && record.key.key.utf8.count <= StorageLimits.keyBytesMax
            && record.value.count <= BackupFormat.valueBytesMax
    }

    /// Appends the form of a record that fits.
    static func append(_ record: Record, to bytes: inout [UInt8]) {
        let kind = record.key.kind.rawValue.utf8
        let key = record.key.key.utf8
        bytes.append(UInt8(truncatingIfNeeded: kind.count))
        bytes += kind
        bytes += UInt16(truncatingIfNeeded: key.count).bigEndianBytes
        bytes += key
        bytes += UInt32(truncatingIfNeeded: record.value.count).bigEndianBytes
        bytes += record.value
    }

    /// Takes one record's form off the front, its version 0; nil when the bytes do not begin with one.
    static func take(from bytes: inout ArraySlice<UInt8>) -> Record? {
        var rest = bytes
        guard let kindBytes = takePart(lengthBytes: 1, from: &rest), !kindBytes.isEmpty,
            let kind = String(validating: kindBytes, as: UTF8.self),
            let keyBytes = takePart(lengthBytes: 2, from: &rest), keyBytes.count <= StorageLimits.keyBytesMax,
            let key = String(validating: keyBytes, as: UTF8.self),
            let value = takePart(lengthBytes: 4, from: &rest), value.count <= BackupFormat.valueBytesMax
        else { return nil }
        bytes = rest
        return Record(key: RecordKey(RecordKind(kind), key), value: Array(value), version: 0)
    }

    private static func takePart(lengthBytes: Int, from bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>?
    {
        guard bytes.count >= lengthBytes else { return nil }
        let length = bytes.prefix(lengthBytes).reduce(0) { $0 << 8 | Int($1) }
        bytes = bytes.dropFirst(lengthBytes)
        guard bytes.count >= length else { return nil }
        defer { bytes = bytes.dropFirst(length) }
        return bytes.prefix(length)
    }
}
