import COpenSSL

/// The SHA-256 hash that ties a record to every record before it in its lane.
package struct ChainHash: Hashable, Sendable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// What stands before the first record of a lane.
    package static let zero = ChainHash(first: 0, second: 0, third: 0, fourth: 0)

    private init(first: UInt64, second: UInt64, third: UInt64, fourth: UInt64) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }

    private init(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 32, "a chain hash is 32 bytes")
        first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        third = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        fourth = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }

    /// The hash of a record: SHA-256(previous hash ‖ number ‖ length of the text ‖ kind ‖ text), both
    /// numbers as eight big-endian bytes.
    init(after previous: ChainHash, number: UInt64, kind: LineKind, text: UnsafeRawBufferPointer) {
        self = withUnsafeTemporaryAllocation(byteCount: 49 + 32, alignment: 8) { scratch in
            previous.withUnsafeBytes { scratch.copyMemory(from: $0) }
            scratch.storeBytes(of: number.bigEndian, toByteOffset: 32, as: UInt64.self)
            scratch.storeBytes(of: UInt64(text.count).bigEndian, toByteOffset: 40, as: UInt64.self)
            scratch[48] = kind.rawValue
            let digest = UnsafeMutableRawBufferPointer(rebasing: scratch[49...])
            let status = strongroom_sha256(
                scratch.baseAddress,
                49,
                text.baseAddress,
                text.count,
                digest.baseAddress
            )
            // It fails for a wrong pointer only.
            precondition(status == 1, "libcrypto cannot hash")
            return ChainHash(UnsafeRawBufferPointer(digest))
        }
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Swift.withUnsafeBytes(of: self, body)
    }
}

extension ChainHash: CustomStringConvertible {
    package var description: String {
        withUnsafeBytes { String(decoding: LowercaseHex.encode($0), as: UTF8.self) }
    }

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    package init?(_ text: String) {
        var copy = text
        guard let hash = copy.withUTF8({ ChainHash(hex: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = hash
    }

    init?(hex: UnsafeRawBufferPointer) {
        guard hex.count == 64 else { return nil }
        let decoded = withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { bytes -> ChainHash? in
            guard LowercaseHex.decode(hex, into: bytes) else { return nil }
            return ChainHash(UnsafeRawBufferPointer(bytes))
        }
        guard let decoded else { return nil }
        self = decoded
    }
}
