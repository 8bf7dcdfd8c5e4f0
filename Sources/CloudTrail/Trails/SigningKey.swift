import Cryptography
import Trail

import struct Foundation.Date

/// A key that signs the trail, and since when.
package struct SigningKey: Sendable {
    let key: TrailPublicKey
    /// In whole seconds: when the root key was made that it comes from.
    let since: Date
}

extension CloudTrailService {
    /// The keys that have signed the trail, the oldest first.
    func signingKeys() throws(CloudTrailError) -> [SigningKey] {
        let keyring = keyring
        guard let first = keyring.versions.first else { return [] }
        do throws(TrailError) {
            let signer = try TrailSigner(key: keyring.lastingKey(for: .trailSigning))
            return [SigningKey(key: signer.publicKey, since: first.createdAt)]
        } catch {
            throw .trail(error)
        }
    }
}
