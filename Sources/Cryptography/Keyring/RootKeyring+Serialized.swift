import Crypto

/// The form that a seal wraps: `magic(4) ‖ format(1) ‖ count(4) ‖ (number(4) ‖ seconds(8) ‖ root(32))… ‖
/// SHA-256`.
///
/// Numbers are big-endian and ascend; the last is the current version. The hash finds a seal that gives back
/// other bytes than it was given; secrecy and authenticity are the seal's.
extension RootKeyring {
    private static let magic = Array("SRKR".utf8)
    private static let format: UInt8 = 1
    private static let headBytes = 9
    private static let entryBytes = 4 + 8 + rootBytes

    /// Gives the keyring's bytes, roots included, for a seal to wrap.
    package func serialized() -> SecretBytes {
        let bodyBytes = Self.headBytes + entries.count * Self.entryBytes
        return SecretBytes(count: bodyBytes + SHA256.byteCount) { memory in
            memory.copyBytes(from: Self.magic)
            memory[4] = Self.format
            memory.storeBytes(of: UInt32(entries.count).bigEndian, toByteOffset: 5, as: UInt32.self)
            for (index, entry) in entries.enumerated() {
                let start = Self.headBytes + index * Self.entryBytes
                memory.storeBytes(of: entry.number.bigEndian, toByteOffset: start, as: UInt32.self)
                memory.storeBytes(
                    of: entry.createdAtSeconds.bigEndian,
                    toByteOffset: start + 4,
                    as: Int64.self
                )
                entry.root.withUnsafeBytes { root in
                    UnsafeMutableRawBufferPointer(rebasing: memory[(start + 12)...]).copyMemory(from: root)
                }
            }
            let digest = SHA256.hash(data: UnsafeRawBufferPointer(rebasing: memory[0..<bodyBytes]))
            UnsafeMutableRawBufferPointer(rebasing: memory[bodyBytes...]).copyBytes(from: Array(digest))
        }
    }

    /// Reads what ``serialized()`` gave.
    ///
    /// - Throws: `.malformedKeyring` for anything else, unknown formats included.
    package init(serialized: borrowing SecretBytes) throws(CryptographyError) {
        let entries = serialized.withUnsafeBytes { Self.parse($0) }
        guard let entries, let keyring = RootKeyring(entries: entries) else { throw .malformedKeyring }
        self = keyring
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) -> [Entry]? {
        guard bytes.count >= headBytes + SHA256.byteCount, bytes.starts(with: magic), bytes[4] == format
        else { return nil }
        let count = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 5, as: UInt32.self)))
        guard (1...versionsMax).contains(count) else { return nil }
        let bodyBytes = headBytes + count * entryBytes
        guard bytes.count == bodyBytes + SHA256.byteCount else { return nil }
        let digest = SHA256.hash(data: UnsafeRawBufferPointer(rebasing: bytes[0..<bodyBytes]))
        guard digest.elementsEqual(bytes[bodyBytes...]) else { return nil }
        return (0..<count).map { index in
            let start = headBytes + index * entryBytes
            return Entry(
                number: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)),
                createdAtSeconds: Int64(
                    bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4, as: Int64.self)
                ),
                root: SymmetricKey(
                    data: UnsafeRawBufferPointer(rebasing: bytes[(start + 12)..<(start + entryBytes)])
                )
            )
        }
    }
}
