package import AWSProtocol
import Storage

package import struct Foundation.Date

/// The keys of an identity provider that an administrator gave, for clusters that cannot reach the provider.
///
/// While an account has such keys of an issuer, nothing is fetched for it.
package struct UploadedKeys: Hashable, Sendable, Codable {
    /// The key set as it was given.
    package let document: String
    package let uploadedAt: Date
}

extension RecordKind {
    /// `account/issuer`: an `UploadedKeys`.
    static let uploadedKeys = RecordKind("iam.oidc-keys")
}

extension UploadedKeys {
    static func recordKey(_ account: AccountID, _ issuer: IssuerName) -> RecordKey {
        RecordKey(.uploadedKeys, "\(account)/\(issuer)")
    }
}

extension IdentityAdministration {
    /// Sets the keys of an issuer for an account, in place of those it publishes.
    ///
    /// - Throws: `.noSuchAccount`; `.invalidKeySet` for a document that has no key for signatures.
    package func setKeys(
        _ document: String,
        of issuer: IssuerName,
        for account: AccountID,
        at now: Date
    ) async throws(IAMError) {
        try await requireAccount(account)
        do throws(WebIdentityError) {
            _ = try JSONWebKeySet(parsing: Array(document.utf8))
        } catch {
            throw .invalidKeySet(error)
        }
        let keys = UploadedKeys(document: document, uploadedAt: now)
        try await commit([try put(keys, UploadedKeys.recordKey(account, issuer), expecting: .any)])
    }

    /// Forgets the keys set for an issuer, so that those it publishes are used again.
    ///
    /// - Returns: whether there were any.
    @discardableResult
    package func removeKeys(
        of issuer: IssuerName,
        for account: AccountID
    ) async throws(IAMError) -> Bool {
        let key = UploadedKeys.recordKey(account, issuer)
        guard try await read(UploadedKeys.self, key) != nil else { return false }
        try await commit([.delete(key, expecting: .any)])
        return true
    }

    /// The keys set for an issuer; nil when those it publishes are used.
    package func keys(of issuer: IssuerName, for account: AccountID) async throws(IAMError) -> UploadedKeys? {
        try await read(UploadedKeys.self, UploadedKeys.recordKey(account, issuer))
    }
}

extension IdentityAdministration {
    /// Lets an account take the tokens of an issuer, for the given audiences; one it has is changed.
    ///
    /// - Throws: `.noSuchAccount`.
    package func setProvider(
        _ issuer: IssuerName,
        clientIDs: [String],
        of account: AccountID,
        at now: Date
    ) async throws(IAMError) {
        try await requireAccount(account)
        let key = OpenIDConnectProvider.recordKey(account, issuer.description)
        let known = try await versioned(OpenIDConnectProvider.self, key)
        var provider =
            known?.value
            ?? OpenIDConnectProvider(
                account: account,
                issuer: issuer.description,
                createdAt: now,
                clientIDs: [],
                thumbprints: []
            )
        provider.clientIDs = clientIDs
        try await commit([try put(provider, key, expecting: known.map { .version($0.version) } ?? .absent)])
    }
}
