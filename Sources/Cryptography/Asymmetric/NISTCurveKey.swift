import COpenSSL
import Crypto

/// An ECDSA key on P-256 or P-384 in swift-crypto's hands, beside the same key in libcrypto's; or only its public half.
///
/// swift-crypto signs with P-384 in 345 µs where libcrypto takes 575, and verifies with P-256 in 38 where it takes 47.
/// libcrypto is the faster one with P-521.
final class NISTCurveKey: Sendable, SecretBearing {
    private enum Implementation: Sendable {
        case p256(P256.Signing.PublicKey, P256.Signing.PrivateKey?)
        case p384(P384.Signing.PublicKey, P384.Signing.PrivateKey?)
    }

    private let implementation: Implementation

    /// Nil for a key of another kind.
    init?(_ key: LibcryptoKey) {
        do {
            switch key.spec {
            case .nistP256:
                implementation = .p256(
                    try P256.Signing.PublicKey(derRepresentation: try key.subjectPublicKeyInfo()),
                    try Self.privateKey(of: key, byteCount: 32) {
                        try P256.Signing.PrivateKey(rawRepresentation: $0)
                    }
                )
            case .nistP384:
                implementation = .p384(
                    try P384.Signing.PublicKey(derRepresentation: try key.subjectPublicKeyInfo()),
                    try Self.privateKey(of: key, byteCount: 48) {
                        try P384.Signing.PrivateKey(rawRepresentation: $0)
                    }
                )
            default: return nil
            }
        } catch {
            return nil
        }
    }

    /// Nil for a public key.
    private static func privateKey<PrivateKey>(
        of key: LibcryptoKey,
        byteCount: Int,
        _ make: (UnsafeRawBufferPointer) throws -> PrivateKey
    ) throws -> PrivateKey? {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key.handle, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 else {
            ERR_clear_error()
            return nil
        }
        defer { BN_clear_free(number) }
        let scalar = try SecretBytes(count: byteCount) { bytes throws(CryptographyError) in
            let address = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            guard BN_bn2binpad(number, address, Int32(byteCount)) == byteCount else {
                throw .invalidKeyMaterial
            }
        }
        return try scalar.withUnsafeBytes(make)
    }

    /// The signature of a digest, DER (RFC 3279, 2.2.3).
    func sign(digest: UnsafeRawBufferPointer) throws(CryptographyError) -> [UInt8] {
        let digest = GivenDigest(digest)
        do {
            switch implementation {
            case .p256(_, let key?): return Array(try key.signature(for: digest).derRepresentation)
            case .p384(_, let key?): return Array(try key.signature(for: digest).derRepresentation)
            case .p256(_, nil), .p384(_, nil): break
            }
        } catch {
            // The error says no more than that.
        }
        throw .libraryFailure(.signing)
    }

    /// Whether a signature is this key's over the digest; one that is not DER is not.
    func isValid(signature: [UInt8], digest: UnsafeRawBufferPointer) -> Bool {
        let digest = GivenDigest(digest)
        switch implementation {
        case .p256(let key, _):
            guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(signature, for: digest)
        case .p384(let key, _):
            guard let signature = try? P384.Signing.ECDSASignature(derRepresentation: signature) else {
                return false
            }
            return key.isValidSignature(signature, for: digest)
        }
    }
}

/// A digest that was made elsewhere, of any length: ECDSA takes as many of its bits as the curve has.
private struct GivenDigest: Digest {
    static let byteCount = 0

    private let bytes: [UInt8]

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = Array(bytes)
    }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }

    func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
