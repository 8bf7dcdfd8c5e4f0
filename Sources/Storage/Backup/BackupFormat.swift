import Crypto

/// The numbers of a backup's form, which docs/backup.md describes.
///
/// A backup is a preamble and sections. A section is its kind (1 byte), the length of its body (4 bytes, big
/// endian), the body, and the chain: SHA-256 over the chain before it, the kind, the length and the body. So a
/// section that was changed, dropped, moved or doubled does not fit, nor does anything behind it.
package enum BackupFormat {
    package static let version: UInt32 = 1

    /// As PNG's: a byte that is not text, a name, and line ends, so that a transfer as text shows at once.
    static let magic: [UInt8] = [0x89] + Array("SRB".utf8) + [0x0D, 0x0A, 0x1A, 0x0A]
    static let preambleBytes = 12
    static let sectionHeadBytes = 5
    static let chainBytes = SHA256.byteCount

    /// A section of records is closed at so many bytes.
    static let sectionBytesTarget = 64 << 10
    /// No body is longer: a target's bytes and one more record of the largest size.
    static let bodyBytesMax = sectionBytesTarget + recordBytesMax
    static let headerBytesMax = 4096
    static let trailerBytes = 8 + SHA256.byteCount

    static let kindBytesMax = 255
    static let valueBytesMax = StorageLimits.valueBytesMax + StorageLimits.sealBytesMax
    static let recordBytesMax = 1 + kindBytesMax + 2 + StorageLimits.keyBytesMax + 4 + valueBytesMax

    /// What a section holds.
    enum Section: UInt8 {
        /// First, once: a JSON object that says what the backup is of.
        case header = 0x48
        /// Records, each behind the lengths of its parts.
        case records = 0x52
        /// Last, once: how many records there are, and SHA-256 over all of them.
        case trailer = 0x54
    }

    static var preamble: [UInt8] { magic + version.bigEndianBytes }
}

/// The running SHA-256 over a backup's sections.
struct BackupChain {
    private(set) var value: [UInt8]

    /// Begins with the digest of the preamble.
    init() { value = Array(SHA256.hash(data: BackupFormat.preamble)) }

    /// Goes on over a section's kind, length and body, given in one or more parts.
    mutating func extend(over parts: [UInt8]...) {
        var hasher = SHA256()
        hasher.update(data: value)
        for part in parts { hasher.update(data: part) }
        value = Array(hasher.finalize())
    }
}

extension FixedWidthInteger {
    /// The number's bytes, the most significant first.
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }

    /// The number whose bytes, the most significant first, these are; there must be as many as it has.
    init(bigEndianBytes bytes: some Collection<UInt8>) {
        precondition(bytes.count * 8 == Self.bitWidth, "a number of \(Self.bitWidth) bits has other bytes")
        self = bytes.reduce(0) { $0 << 8 | Self(truncatingIfNeeded: $1) }
    }
}
