import AWSProtocol
import Crypto

/// UUIDs that are the same whenever they are made of the same names, so that what is done twice can be known.
enum NameID {
    /// The UUID of a list of texts, as a version 8 UUID (RFC 9562 section 5.8) of their SHA-256.
    static func derived(from names: [String]) -> String {
        var hash = SHA256()
        for name in names {
            withUnsafeBytes(of: UInt64(name.utf8.count).bigEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: Array(name.utf8))
        }
        return text(of: Array(hash.finalize().prefix(16)), version: 0x80)
    }

    /// A UUID from 16 bytes, of a version in the high half of a byte.
    static func text(of bytes: [UInt8], version: UInt8) -> String {
        var bytes = bytes
        bytes[6] = bytes[6] & 0x0F | version
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(Hex.encode(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    }
}
