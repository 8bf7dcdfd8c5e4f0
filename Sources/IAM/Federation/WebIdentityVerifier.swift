package import AWSProtocol

package import struct Foundation.Date

/// Finds out who bears a web identity token.
package struct WebIdentityVerifier: Sendable {
    private let providers: any OIDCProviderSource
    private let published: IssuerKeys
    private let administration: IdentityAdministration

    /// Takes tokens of the providers that accounts have, with the keys that were set for them or that they
    /// publish.
    package init(
        providers: any OIDCProviderSource,
        published: IssuerKeys,
        administration: IdentityAdministration
    ) {
        self.providers = providers
        self.published = published
        self.administration = administration
    }

    /// The outcome of a check that may also fail for want of the store.
    package enum Failure: Error {
        case token(WebIdentityError)
        case identities(IAMError)
    }

    /// Proves a token that is brought to an account.
    package func verify(
        _ text: String,
        for account: AccountID,
        at now: Date
    ) async throws(Failure) -> WebIdentity {
        let token = try taking { () throws(WebIdentityError) in try JSONWebToken(text) }
        guard let url = token.issuer else { throw .token(.claim(.missing("iss"))) }
        guard let issuer = IssuerName(url: url), published.accepts(url, of: issuer),
            let (provider, uploaded) = try await provider(issuer, of: account)
        else { throw .token(.unknownProvider(String(url.prefix(255)))) }
        do throws(WebIdentityError) {
            let key = try await key(for: token, uploaded: uploaded, of: url, at: now)
            try await key.verify(token)
            return try WebIdentity(token, from: provider, at: now)
        } catch {
            throw .token(error)
        }
    }

    private func key(
        for token: JSONWebToken,
        uploaded: UploadedKeys?,
        of url: String,
        at now: Date
    ) async throws(WebIdentityError) -> JSONWebKey {
        guard let uploaded else { return try await published.key(for: token, of: url, at: now) }
        guard let key = try JSONWebKeySet(parsing: Array(uploaded.document.utf8)).key(for: token) else {
            throw .unknownKey
        }
        return key
    }

    private func provider(
        _ issuer: IssuerName,
        of account: AccountID
    ) async throws(Failure) -> (OIDCProvider, UploadedKeys?)? {
        do throws(IAMError) {
            guard let provider = try await providers.provider(issuer, of: account) else { return nil }
            return (provider, try await administration.keys(of: issuer, for: account))
        } catch {
            throw .identities(error)
        }
    }

    private func taking<Value>(_ body: () throws(WebIdentityError) -> Value) throws(Failure) -> Value {
        do throws(WebIdentityError) {
            return try body()
        } catch {
            throw .token(error)
        }
    }
}
