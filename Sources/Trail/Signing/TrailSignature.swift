import struct Foundation.Data

/// An Ed25519 signature, written as 128 lower-case hexadecimal digits.
package struct TrailSignature: Hashable, Sendable {
    let bytes: Data

    init(_ bytes: Data) {
        self.bytes = bytes
    }

    package init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 128 else { return nil }
        var bytes = Data(count: 64)
        let isHex = bytes.withUnsafeMutableBytes { bytes in
            digits.withUnsafeBytes { LowercaseHex.decode($0, into: bytes) }
        }
        guard isHex else { return nil }
        self.bytes = bytes
    }
}

extension TrailSignature: CustomStringConvertible {
    package var description: String {
        bytes.withUnsafeBytes { String(decoding: LowercaseHex.encode($0), as: UTF8.self) }
    }
}
