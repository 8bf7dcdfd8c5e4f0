package import AWSProtocol
import Cryptography

package import struct Foundation.Date

/// What becomes of the access key that a request names.
package enum CredentialLookup: Sendable {
    case found(Credential)
    case refused(SigV4Failure)
}

extension IdentityDirectory {
    /// The credential of the access key that a request claims, read from the store, or opened, when needed.
    ///
    /// Nothing of the claim is proved by that: whether the session token is the credential's own, and the
    /// session not over, is asked of the credential.
    package func load(_ claim: SignatureClaim, at now: Date) async throws(IAMError) -> CredentialLookup {
        if let resident = cache[claim.accessKeyID] { return .found(resident) }
        guard let id = AccessKeyID(claim.accessKeyID), id.isTemporary else {
            guard let credential = try await load(claim.accessKeyID) else {
                return .refused(.unknownAccessKey(claim.accessKeyID))
            }
            return .found(credential)
        }
        guard let token = claim.sessionToken else { return .refused(.unknownAccessKey(claim.accessKeyID)) }
        guard let opened = token.exposingSecret({ SessionSeal.open($0, keyring: keyring.current) }),
            opened.claims.accessKeyID == id
        else { return .refused(.invalidToken) }
        guard now < opened.claims.expiry else { return .refused(.expiredToken) }
        guard let credential = try await credential(of: opened, token: token) else {
            return .refused(.invalidToken)
        }
        return .found(credential)
    }

    private func credential(
        of opened: OpenedSession,
        token: SessionToken
    ) async throws(IAMError) -> Credential? {
        try await settled { () async throws(IAMError) -> Credential? in
            let ticket = cache.beginLoading()
            guard let principal = try await principal(of: opened.claims) else { return nil }
            let credential = Credential(
                id: opened.claims.accessKeyID,
                secret: opened.secret,
                caller: principal.caller,
                account: opened.claims.account,
                sources: principal.sources,
                session: CredentialSession(opened.claims, token: token)
            )
            cache.install(credential, at: credential.id.description, ticket: ticket)
            return credential
        }
    }
}

extension Credential {
    /// Holds a request's session token against the credential.
    ///
    /// - Throws: `.invalidToken` for one that is not the credential's own, is missing, or comes with a long-term
    ///   key; `.expiredToken` once the session is over.
    package func check(_ claim: SignatureClaim, at now: Date) throws(SigV4Failure) {
        guard let session else {
            // Long-term keys have no session, so a token that comes with one cannot be genuine.
            guard claim.sessionToken == nil else { throw .invalidToken }
            return
        }
        guard let token = claim.sessionToken else { throw .unknownAccessKey(claim.accessKeyID) }
        guard session.isToken(token) else { throw .invalidToken }
        guard now.timeIntervalSince1970 < Double(session.expiresAt) else { throw .expiredToken }
        // Without a second factor such sessions cannot call IAM (IAM User Guide, "Compare AWS STS credentials").
        guard session.role != nil || claim.scope.service != AWSService.iam.signingName else {
            throw .invalidToken
        }
    }
}
