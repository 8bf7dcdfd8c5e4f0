import COpenSSL
package import Crypto

/// A key that one-time keys are derived from, taken in by HMAC-SHA-256 once; wiped when its last owner goes.
///
/// Preparing costs more than a derivation, so what is used again and again is kept in this form.
///
/// Unchecked: threads take the contexts in it by atomic exchange.
package final class DerivationKey: @unchecked Sendable {
    /// HMAC-SHA-256 gives so many bytes at once.
    static let blockBytes = 32

    private let prepared: UnsafeMutablePointer<strongroom_hmac_key>

    package convenience init(_ key: SymmetricKey) {
        self.init(key.withUnsafeBytes { Self.prepare($0) })
    }

    package convenience init(_ bytes: UnsafeRawBufferPointer) {
        self.init(Self.prepare(bytes))
    }

    private init(_ prepared: UnsafeMutablePointer<strongroom_hmac_key>) {
        self.prepared = prepared
    }

    deinit { strongroom_hmac_free(prepared) }

    private static func prepare(_ bytes: UnsafeRawBufferPointer) -> UnsafeMutablePointer<strongroom_hmac_key>
    {
        precondition(!bytes.isEmpty, "a derivation needs a key")
        guard let key = strongroom_hmac_prepare(bytes.baseAddress, Int32(bytes.count)) else {
            preconditionFailure("no memory for a key")
        }
        return key
    }

    /// Fills up to 32 bytes with the code of two texts, one behind the other.
    func writeCode(
        of first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer,
        into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        if target.count == Self.blockBytes { return write(first, second, target.baseAddress) }
        return withUnsafeTemporaryAllocation(byteCount: Self.blockBytes, alignment: 8) { block in
            defer { OPENSSL_cleanse(block.baseAddress, Self.blockBytes) }
            guard write(first, second, block.baseAddress) else { return false }
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[0..<target.count]))
            return true
        }
    }

    private func write(
        _ first: UnsafeRawBufferPointer,
        _ second: UnsafeRawBufferPointer,
        _ code: UnsafeMutableRawPointer?
    ) -> Bool {
        strongroom_hmac(prepared, first.baseAddress, first.count, second.baseAddress, second.count, code) == 1
    }
}

extension DerivationKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .class) }
}
