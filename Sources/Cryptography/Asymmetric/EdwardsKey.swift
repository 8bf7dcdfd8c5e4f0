import COpenSSL
import Crypto

/// An Ed25519 key pair (RFC 8032): swift-crypto for the pure scheme, libsodium for the prehashed one.
///
/// swift-crypto signs in 13 µs where libcrypto takes 36, but only libsodium has Ed25519ph.
final class EdwardsKey: Sendable, SecretBearing {
    let publicKey: EdwardsPublicKey
    private let signing: Curve25519.Signing.PrivateKey
    /// Seed and public key, as libsodium wants them.
    private let pair: SecretBytes

    private static let seedByteCount = 32

    private init(seed: UnsafeRawBufferPointer) throws(CryptographyError) {
        do {
            signing = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            // The only cause is a wrong length.
            throw .invalidKeyMaterial
        }
        let verifying = signing.publicKey
        publicKey = EdwardsPublicKey(verifying)
        pair = SecretBytes(count: seed.count + publicKey.rawKey.count) { buffer in
            buffer.copyMemory(from: seed)
            UnsafeMutableRawBufferPointer(rebasing: buffer[seed.count...]).copyBytes(
                from: verifying.rawRepresentation
            )
        }
    }

    /// Draws a new key pair.
    static func generate() throws(CryptographyError) -> EdwardsKey {
        let seed = SecretBytes(randomCount: seedByteCount)
        return try seed.withUnsafeBytes { bytes throws(CryptographyError) in try EdwardsKey(seed: bytes) }
    }

    /// Reads a PKCS#8 PrivateKeyInfo (RFC 8410, section 7).
    static func load(privateKeyInfo der: UnsafeRawBufferPointer) throws(CryptographyError) -> EdwardsKey {
        guard let information = PrivateKeyInfo(der: der) else { throw .invalidKeyMaterial }
        return try information.withPrivateKey(of: .ed25519) { octets throws(CryptographyError) in
            guard let seed = DERElement(octets), seed.isUniversal(V_ASN1_OCTET_STRING), seed.rest.isEmpty
            else {
                throw .invalidKeyMaterial
            }
            return try EdwardsKey(seed: seed.content)
        }
    }

    /// The PKCS#8 PrivateKeyInfo, DER.
    func privateKeyInfo() throws(CryptographyError) -> SecretBytes {
        let header: [UInt8] = [UInt8(V_ASN1_OCTET_STRING), UInt8(Self.seedByteCount)]
        let octets = pair.withUnsafeBytes { bytes in
            SecretBytes(count: header.count + Self.seedByteCount) { buffer in
                buffer.copyBytes(from: header)
                UnsafeMutableRawBufferPointer(rebasing: buffer[header.count...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<Self.seedByteCount]))
            }
        }
        return try octets.withUnsafeBytes { bytes throws(CryptographyError) in
            guard let information = PrivateKeyInfo(algorithm: .ed25519, privateKey: bytes) else {
                throw .libraryFailure(.keyEncoding)
            }
            return try information.der()
        }
    }

    /// Signs a message with pure Ed25519.
    func sign(message: UnsafeRawBufferPointer) throws(CryptographyError) -> [UInt8] {
        do {
            return [UInt8](try signing.signature(for: message))
        } catch {
            // BoringSSL fails here only for want of memory.
            throw .libraryFailure(.signing)
        }
    }

    /// Signs with Ed25519ph and an empty context; hashes the input with SHA-512 first.
    func signPrehashed(message: UnsafeRawBufferPointer) throws(CryptographyError) -> [UInt8] {
        var state = EdwardsPrehash(message)
        let signature = pair.withUnsafeBytes { state.sign(with: $0) }
        guard let signature else { throw .libraryFailure(.signing) }
        return signature
    }
}
