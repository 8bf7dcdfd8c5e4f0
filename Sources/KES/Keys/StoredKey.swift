import AWSProtocol
package import Cryptography

/// The form of a key in any key store: that of KES, so that a store can be opened in place and given back.
///
/// Since February 2024 it is the base64 of a protobuf message; before, a JSON object. What is read is never
/// written again.
package enum StoredKey {
    /// Longer values are no keys.
    package static let bytesMax = 64 * 1024

    /// The text that a key store keeps.
    package static func write(_ key: KESKey) throws(KESError) -> SharedSecret {
        // A key of an old form has no key for HMAC to write; it is never written, only read.
        guard let macKey = key.storedMACKey else { throw .storeFailed(.create) }
        let message = ProtobufKey.write(key, macKey: macKey)
        return message.withUnsafeBytes { message in
            SharedSecret(
                SecretBytes(count: Base64.encodedCount(message.count)) {
                    _ = Base64.encode(message, into: $0)
                }
            )
        }
    }

    /// Reads either form; nil when it is neither.
    package static func read(_ value: SharedSecret) -> KESKey? {
        guard value.count <= bytesMax else { return nil }
        return value.withUnsafeBytes { text -> KESKey? in
            if text.first(where: { !Self.isSpace($0) }) == UInt8(ascii: "{") { return JSONKey.read(text) }
            let trimmed = Self.trimmed(text)
            guard let count = Base64.decodedCount(trimmed) else { return nil }
            var isValid = false
            let message = SecretBytes(count: count) { isValid = Base64.decode(trimmed, into: $0) != nil }
            return isValid ? ProtobufKey.read(message) : nil
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    /// Without the white space that editors and command lines leave at the ends.
    private static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard let first = text.firstIndex(where: { !isSpace($0) }),
            let last = text.lastIndex(where: { !isSpace($0) })
        else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(rebasing: text[first...last])
    }
}

/// The JSON object of before February 2024; the oldest has nothing but `bytes`.
private enum JSONKey {
    static func read(_ text: UnsafeRawBufferPointer) -> KESKey? {
        guard let json = try? JSON.parse(Array(text), depthMax: 8), let encoded = json["bytes"]?.text,
            let material = SharedSecret(base64: encoded), material.count == SplitNonceCipher.keyBytes
        else { return nil }
        let name = json["algorithm"]?.text ?? ""
        let algorithm = KeyAlgorithm(name: name)
        // A name that is not known is damage; none at all is age.
        guard algorithm != nil || name.isEmpty else { return nil }
        return KESKey(
            algorithm: algorithm,
            material: material,
            macKey: nil,
            createdAt: json["created_at"]?.text.flatMap { Moment(rfc3339: $0) },
            createdBy: json["created_by"]?.text ?? ""
        )
    }
}

extension SharedSecret {
    /// Decodes standard base64 straight into memory that is wiped; nil when it is none.
    package convenience init?(base64 text: String) {
        var isValid = false
        var text = text
        let count = text.withUTF8 { Base64.decodedCount(UnsafeRawBufferPointer($0)) }
        let bytes = SecretBytes(count: count ?? 0) { memory in
            isValid = text.withUTF8 { Base64.decode(UnsafeRawBufferPointer($0), into: memory) } != nil
        }
        guard isValid else { return nil }
        self.init(bytes)
    }
}
