import COpenSSL
import Crypto

/// The secret half of an access key, as signing uses it; it prints nothing and is wiped when dropped.
package struct SecretAccessKey: Sendable {
    /// `AWS4` and the secret: the first key of the derivation.
    fileprivate let seed: SymmetricKey

    /// Takes the secret as it was issued, forty characters of base64 as a rule.
    package init(_ text: String) {
        seed = text.withUTF8Bytes { Self.seed(UnsafeRawBufferPointer($0)) }
    }

    /// Takes the UTF-8 bytes of the secret as it was issued; wiping them stays the caller's duty.
    package init(_ bytes: UnsafeRawBufferPointer) { seed = Self.seed(bytes) }

    /// Compares in a time that depends on the lengths only.
    package func isEqual(to other: SecretAccessKey) -> Bool { seed == other.seed }

    private static func seed(_ secret: UnsafeRawBufferPointer) -> SymmetricKey {
        var bytes = Array("AWS4".utf8)
        bytes.reserveCapacity(4 + secret.count)
        bytes.append(contentsOf: secret)
        defer { bytes.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) } }
        return SymmetricKey(data: bytes)
    }
}

extension SecretAccessKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// A key that signs for one access key on one day in one Region for one service.
package struct SigningKey: Sendable {
    private let prepared: PreparedHMAC

    /// Derives the key from the secret and the scope: four HMACs (SigV4, "derive a signing key").
    package init(_ secret: SecretAccessKey, scope: CredentialScope) {
        var key = secret.seed
        for part in [scope.day, scope.region, scope.service, CredentialScope.terminator] {
            key = SymmetricKey(
                data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)
            )
        }
        prepared = key.withUnsafeBytes { PreparedHMAC(key: $0) }
    }

    /// The signature of a string to sign.
    package func signature(of stringToSign: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: PreparedHMAC.codeBytes) { code, count in
            prepared.writeCode(of: stringToSign, to: UnsafeMutableRawBufferPointer(code))
            count = PreparedHMAC.codeBytes
        }
    }

    /// Whether a signature is that of a string to sign; the time does not tell where they differ.
    package func isValid(_ signature: [UInt8], of stringToSign: [UInt8]) -> Bool {
        guard signature.count == PreparedHMAC.codeBytes else { return false }
        return withUnsafeTemporaryAllocation(byteCount: PreparedHMAC.codeBytes, alignment: 8) { code in
            prepared.writeCode(of: stringToSign, to: code)
            return CRYPTO_memcmp(code.baseAddress, signature, signature.count) == 0
        }
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// An HMAC-SHA-256 with the key already taken in, which is most of the work for a short text.
///
/// libcrypto's, because it takes half the time of swift-crypto's on the text of a request; the key is wiped when
/// the last owner goes.
///
/// Unchecked: threads take the contexts in it by atomic exchange.
private final class PreparedHMAC: @unchecked Sendable {
    static let codeBytes = 32

    private let key: UnsafeMutablePointer<strongroom_hmac_key>

    init(key: UnsafeRawBufferPointer) {
        guard let prepared = strongroom_hmac_prepare(key.baseAddress, Int32(key.count)) else {
            preconditionFailure("no memory for a signing key")
        }
        self.key = prepared
    }

    deinit { strongroom_hmac_free(key) }

    /// Writes the code of a text into memory of `codeBytes` bytes.
    func writeCode(of text: [UInt8], to code: UnsafeMutableRawBufferPointer) {
        let status = text.withUnsafeBytes {
            strongroom_hmac(key, $0.baseAddress, $0.count, nil, 0, code.baseAddress)
        }
        precondition(status == 1, "no memory for a signature")
    }
}
