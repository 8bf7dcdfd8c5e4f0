import Foundation

/// The form in which values of the domain lie in records.
///
/// JSON with dates in seconds since 1970, so that a later version reads what an earlier one wrote as long as it
/// only adds optional members. Bytes are base64 where the type says ``StoredBytes``.
package enum RecordCoding {
    /// The bytes of a value.
    ///
    /// - Throws: `.unavailable` for a value that JSON cannot hold, such as a date that is not a number.
    package static func encode(_ value: some Encodable) throws(StorageError) -> [UInt8] {
        try encoding(value) { try RecordEncoder.encode(value) }
    }

    /// The same bytes of a value that writes them itself.
    package static func encode(_ value: some DirectRecord) throws(StorageError) -> [UInt8] {
        try encoding(value) { try RecordMembers.encode(value) }
    }

    private static func encoding<Value>(
        _ value: Value,
        _ bytes: () throws -> [UInt8]
    ) throws(StorageError) -> [UInt8] {
        do {
            return try bytes()
        } catch {
            // The error's own text would show the value.
            throw .unavailable(reason: "a \(type(of: value)) cannot be encoded")
        }
    }

    /// The value of a record.
    ///
    /// - Throws: `.corrupted` naming the record when its bytes are not such a value.
    package static func decode<Value: Decodable>(
        _ type: Value.Type,
        from record: Record
    ) throws(StorageError) -> Value {
        do {
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .secondsSince1970
            return try decoder.decode(type, from: Data(record.value))
        } catch {
            // Which member was wrong is not told: it could quote the value.
            throw .corrupted(.record(record.key))
        }
    }
}
