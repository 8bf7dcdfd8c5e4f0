import AWSProtocol
import Cryptography
import Foundation

/// Grant tokens name a grant and are sealed, so that only this deployment makes them.
///
/// A grant is in force as soon as CreateGrant answers, so a token adds nothing to it; it serves to retire the
/// grant without knowing its key.
extension KeyManagementService {
    /// A fresh token for a grant: never twice the same text.
    func sealGrantToken(
        _ grant: GrantID,
        on key: KeyLocator,
        at now: Date
    ) throws(KMSError) -> String {
        let text = "\(key.path)/\(grant)"
        return Base64.encode(
            try cryptography { () throws(CryptographyError) in
                try KeyWrap(keyring: keyring.settled(at: now), purpose: .grantTokens).seal(
                    SecretBytes(copying: text.utf8),
                    authenticating: []
                )
            }
        )
    }

    /// The grant a token names.
    ///
    /// - Throws: `.invalidGrantToken` for any text that is no token of this deployment.
    func openGrantToken(_ token: String) throws(KMSError) -> (key: KeyLocator, grant: GrantID) {
        guard let sealed = Base64.decode(token) else { throw .invalidGrantToken }
        let text: String
        do throws(CryptographyError) {
            let opened = try KeyWrap(keyring: keyring, purpose: .grantTokens).openRecord(
                sealed,
                authenticating: []
            )
            text = String(decoding: opened, as: UTF8.self)
        } catch {
            throw .invalidGrantToken
        }
        let parts = text.split(separator: "/")
        guard parts.count == 3, let key = KeyLocator(recordPath: text), let grant = GrantID(String(parts[2]))
        else { throw .invalidGrantToken }
        return (key, grant)
    }
}
