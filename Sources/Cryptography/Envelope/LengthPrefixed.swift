/// Texts joined so that no two lists of texts give the same bytes.
package enum LengthPrefixed {
    /// The bytes that each text's length takes.
    package static let lengthBytes = 4

    /// Each text's UTF-8 bytes behind their 4-byte big-endian count.
    package static func bytes(of texts: String...) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(texts.reduce(0) { $0 + lengthBytes + $1.utf8.count })
        for text in texts { append(text, to: &bytes) }
        return bytes
    }

    package static func append(_ text: String, to bytes: inout [UInt8]) {
        let length = UInt32(text.utf8.count)
        bytes.append(UInt8(truncatingIfNeeded: length >> 24))
        bytes.append(UInt8(truncatingIfNeeded: length >> 16))
        bytes.append(UInt8(truncatingIfNeeded: length >> 8))
        bytes.append(UInt8(truncatingIfNeeded: length))
        bytes.append(contentsOf: text.utf8)
    }
}
