import AWSProtocol
import Authorization
import Storage

/// What temporary credentials add to a credential: the token that must come with every request, and an end.
struct CredentialSession: Sendable {
    private let token: SessionToken
    /// Seconds since 1970.
    let expiresAt: Int64
    /// The role whose use is noted; nil for sessions of users.
    let role: PrincipalID?

    init(_ claims: SessionClaims, token: SessionToken) {
        self.token = token
        expiresAt = claims.expiresAt
        role = if case .role(let session) = claims.principal { session.id } else { nil }
    }

    /// Whether a token is the session's own; the time does not tell where they differ.
    func isToken(_ candidate: SessionToken) -> Bool { token.isEqual(to: candidate) }
}

extension IdentityDirectory {
    /// Who a session stands for, and the records that this was made of.
    ///
    /// - Returns: nil when the role or user is gone, or another one of the same name has come.
    func principal(of claims: SessionClaims) async throws(IAMError) -> SessionPrincipal? {
        switch claims.principal {
        case .role(let session): return try await principal(of: session, claims)
        case .user(let owner):
            guard let issuer = try await issuer(owner, of: claims.account) else { return nil }
            return SessionPrincipal(
                caller: issuer.caller.inSession(SessionAttributes(issuedAt: claims.issuedAt)),
                sources: issuer.sources
            )
        case .federatedUser(let name, let owner):
            guard let issuer = try await issuer(owner, of: claims.account) else { return nil }
            return try await federated(name, issuer, claims)
        }
    }

    private func principal(
        of session: RoleSession,
        _ claims: SessionClaims
    ) async throws(IAMError) -> SessionPrincipal? {
        guard let name = RoleName(session.role), let snapshot = try await role(name, of: claims.account),
            snapshot.role.id == session.id
        else { return nil }
        let role = snapshot.role
        var sources = snapshot.sources
        let policies = try await sessionPolicies(of: claims, &sources)
        let caller = Caller(
            type: .assumedRole,
            arn: "arn:aws:sts::\(role.account):assumed-role/\(role.name)/\(session.name)",
            account: role.account.description,
            uniqueID: "\(role.id):\(session.name)",
            issuerARN: role.arn,
            issuerID: role.id.description,
            tags: role.tags.overlaid(with: claims.tags.values),
            session: claims.attributes(session.webIdentity),
            identityPolicies: snapshot.identityPolicies,
            boundary: snapshot.boundary,
            sessionPolicies: claims.policies.isEmpty ? nil : policies
        )
        return SessionPrincipal(caller: caller, sources: sources)
    }

    /// A federated user may do what both the user who vouches for it and the session policies allow; without
    /// session policies only what resources' policies allow it by name.
    ///
    /// Source: IAM User Guide, "Permissions for GetFederationToken".
    private func federated(
        _ name: SessionName,
        _ issuer: SessionPrincipal,
        _ claims: SessionClaims
    ) async throws(IAMError) -> SessionPrincipal {
        var sources = issuer.sources
        let policies = try await sessionPolicies(of: claims, &sources)
        let isRoot = issuer.caller.type == .root
        let caller = Caller(
            type: .federatedUser,
            arn: "arn:aws:sts::\(claims.account):federated-user/\(name)",
            account: claims.account.description,
            uniqueID: "\(claims.account):\(name)",
            issuerARN: issuer.caller.arn,
            issuerID: issuer.caller.uniqueID,
            tags: issuer.caller.tags.overlaid(with: claims.tags.values),
            session: claims.attributes(nil),
            identityPolicies: isRoot ? [try Self.everything()] : issuer.caller.identityPolicies,
            boundary: issuer.caller.boundary,
            sessionPolicies: policies
        )
        return SessionPrincipal(caller: caller, sources: sources)
    }

    /// The user, or the root user, behind a session.
    private func issuer(
        _ owner: SessionOwner?,
        of account: AccountID
    ) async throws(IAMError) -> SessionPrincipal? {
        guard let owner else {
            guard try await read(Account.self, account.recordKey) != nil else { return nil }
            return SessionPrincipal(caller: .root(account: account.description), sources: [account.recordKey])
        }
        // A user that was renamed is found by its id.
        guard let place = try await read(EntityPlace.self, owner.id.recordKey), place.account == account,
            let name = UserName(place.name), let snapshot = try await user(name, of: account),
            snapshot.user.id == owner.id
        else { return nil }
        return SessionPrincipal(caller: snapshot.caller, sources: snapshot.sources)
    }

    /// The policies given when the session was made; a managed policy that was deleted since allows nothing.
    private func sessionPolicies(
        of claims: SessionClaims,
        _ sources: inout Set<RecordKey>
    ) async throws(IAMError) -> [PolicyDocument] {
        var policies: [PolicyDocument] = []
        if let text = claims.policies.inline { policies.append(try Self.compiled(text, as: .session)) }
        for arn in claims.policies.managed.compactMap({ PolicyARN($0) }) {
            sources.insert(arn.recordKey)
            if let policy = try await compiledPolicy(arn, as: .session) { policies.append(policy) }
        }
        return policies
    }

    private static func everything() throws(IAMError) -> PolicyDocument {
        try compiled(
            #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
            as: .identity
        )
    }

    private static func compiled(_ text: String, as kind: PolicyKind) throws(IAMError) -> PolicyDocument {
        do throws(PolicyError) {
            return try PolicyDocument(parsing: text, as: kind)
        } catch {
            // It was compiled before it was sealed.
            throw .malformedPolicy(error.description)
        }
    }
}

/// Who a session stands for, and the records that this was made of.
struct SessionPrincipal: Sendable {
    let caller: Caller
    let sources: Set<RecordKey>
}

extension SessionClaims {
    /// What conditions ask of the session.
    fileprivate func attributes(_ identity: WebIdentityOfSession?) -> SessionAttributes {
        var keys: [ConditionKey: ConditionValues] = [:]
        for (claim, value) in identity?.claims ?? [:] {
            keys[ConditionKey(identity?.issuer.conditionKey(claim) ?? claim)] = .single(value)
        }
        return SessionAttributes(
            issuedAt: issuedAt,
            sourceIdentity: sourceIdentity,
            federatedProvider: identity?.provider,
            transitiveTagKeys: tags.transitiveKeys,
            keys: keys
        )
    }
}

extension Caller {
    /// The same caller with temporary credentials.
    fileprivate func inSession(_ session: SessionAttributes) -> Caller {
        Caller(
            type: type,
            arn: arn,
            account: account,
            uniqueID: uniqueID,
            username: username,
            tags: tags,
            session: session,
            identityPolicies: identityPolicies,
            boundary: boundary
        )
    }
}

extension [String: String] {
    /// These tags with others over them; keys that differ in case alone are the same.
    fileprivate func overlaid(with others: [String: String]) -> [String: String] {
        let folded = Set(others.keys.map { $0.lowercased() })
        return filter { !folded.contains($0.key.lowercased()) }.merging(others) { $1 }
    }
}
