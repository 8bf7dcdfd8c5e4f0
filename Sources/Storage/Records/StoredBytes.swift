import Foundation

/// Bytes of a value in a record, or none: base64, a third longer than they are.
///
/// Earlier builds wrote them as an array of numbers, four times as long; that is still read.
@propertyWrapper
package struct StoredBytes: Hashable, Sendable {
    package var wrappedValue: [UInt8]?

    package init(wrappedValue: [UInt8]?) {
        self.wrappedValue = wrappedValue
    }
}

extension StoredBytes: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            guard let bytes = Data(base64Encoded: text) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not base64")
            }
            wrappedValue = [UInt8](bytes)
        } else {
            wrappedValue = try container.decode([UInt8]?.self)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        guard let wrappedValue else { return try container.encodeNil() }
        try container.encode(Data(wrappedValue).base64EncodedString())
    }
}

// What synthesized conformances call for a wrapped property: a member that is nil is left out, as for other
// optional members.

extension KeyedEncodingContainer {
    package mutating func encode(_ value: StoredBytes, forKey key: Key) throws {
        guard value.wrappedValue != nil else { return }
        try encodeIfPresent(Optional(value), forKey: key)
    }
}

extension KeyedDecodingContainer {
    package func decode(_ type: StoredBytes.Type, forKey key: Key) throws -> StoredBytes {
        try decodeIfPresent(type, forKey: key) ?? StoredBytes(wrappedValue: nil)
    }
}
