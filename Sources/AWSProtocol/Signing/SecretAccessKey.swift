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
    /// The HMAC with the key already taken in, which is most of the work for a short text.
    ///
    /// swift-crypto wipes its state when it is dropped.
    private let prepared: HMAC<SHA256>

    /// Derives the key from the secret and the scope: four HMACs (SigV4, "derive a signing key").
    package init(_ secret: SecretAccessKey, scope: CredentialScope) {
        var key = secret.seed
        for part in [scope.day, scope.region, scope.service, CredentialScope.terminator] {
            key = SymmetricKey(
                data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)
            )
        }
        prepared = HMAC(key: key)
    }

    /// The signature of a string to sign.
    package func signature(of stringToSign: [UInt8]) -> [UInt8] { Array(code(of: stringToSign)) }

    /// Whether a signature is that of a string to sign; the time does not tell where they differ.
    package func isValid(_ signature: [UInt8], of stringToSign: [UInt8]) -> Bool {
        code(of: stringToSign).withUnsafeBytes { code in
            signature.withUnsafeBytes { signature in
                code.count == signature.count
                    && CRYPTO_memcmp(code.baseAddress, signature.baseAddress, code.count) == 0
            }
        }
    }

    private func code(of stringToSign: [UInt8]) -> HMAC<SHA256>.MAC {
        var code = prepared
        stringToSign.withUnsafeBytes { code.update(data: $0) }
        return code.finalize()
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
