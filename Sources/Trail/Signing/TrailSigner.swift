package import Crypto
import Foundation

/// Signs the digests of sealed segments and the published heads with Ed25519 (RFC 8032).
package struct TrailSigner: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    package let publicKey: TrailPublicKey

    /// Makes the signer from the 32 bytes that the keyring derives for the trail.
    ///
    /// - Throws: `TrailError.invalidSigningKey` unless there are 32 of them.
    package init(key: SymmetricKey) throws(TrailError) {
        do {
            self.key = try key.withUnsafeBytes { bytes in
                try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
            }
        } catch {
            // The library's error tells no more than that the length is wrong.
            throw .invalidSigningKey
        }
        publicKey = TrailPublicKey(self.key.publicKey)
    }

    func sign(_ text: String) throws(TrailError) -> TrailSignature {
        do {
            return TrailSignature(try key.signature(for: Data(text.utf8)))
        } catch {
            throw .signingFailed
        }
    }
}

extension TrailSigner: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
