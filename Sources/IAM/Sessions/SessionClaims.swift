package import AWSProtocol

package import struct Foundation.Date

/// All that is known of temporary credentials but their secret: enough to find their caller on any node.
///
/// It lies in the session token, and nowhere else. Names are short, since the token travels with every request.
package struct SessionClaims: Hashable, Sendable {
    /// Whose permissions the session has.
    package enum Principal: Hashable, Sendable, Codable {
        /// A session of a role.
        case role(RoleSession)
        /// The same user again, for a time; nil for the root user.
        case user(SessionOwner?)
        /// Somebody who is no principal of the account, for whom a user or the root user vouches.
        case federatedUser(SessionName, by: SessionOwner?)
    }

    package let accessKeyID: AccessKeyID
    package let account: AccountID
    package let principal: Principal
    package let policies: SessionPolicies
    package let tags: SessionTags
    package let sourceIdentity: String?
    /// Seconds since 1970.
    package let issuedAt: Int64
    /// Seconds since 1970.
    package let expiresAt: Int64

    package init(
        accessKeyID: AccessKeyID? = nil,
        account: AccountID,
        principal: Principal,
        policies: SessionPolicies = .none,
        tags: SessionTags = SessionTags(),
        sourceIdentity: String? = nil,
        issuedAt now: Date,
        seconds: Int
    ) {
        self.accessKeyID = accessKeyID ?? .randomTemporary(of: account)
        self.account = account
        self.principal = principal
        self.policies = policies
        self.tags = tags
        self.sourceIdentity = sourceIdentity
        issuedAt = Int64(now.timeIntervalSince1970)
        expiresAt = issuedAt + Int64(seconds)
    }

    package var expiry: Date { Date(timeIntervalSince1970: Double(expiresAt)) }
}

/// The user behind a session.
package struct SessionOwner: Hashable, Sendable, Codable {
    package let id: PrincipalID
    package let name: String

    package init(id: PrincipalID, name: String) {
        self.id = id
        self.name = name
    }
}

/// A session of a role.
package struct RoleSession: Hashable, Sendable, Codable {
    package let id: PrincipalID
    /// The role's name, which finds its record; its id proves that it is still the same role.
    package let role: String
    package let name: SessionName
    /// Set when the session was made with a web identity token.
    package let webIdentity: WebIdentityOfSession?

    package init(id: PrincipalID, role: String, name: SessionName, webIdentity: WebIdentityOfSession? = nil) {
        self.id = id
        self.role = role
        self.name = name
        self.webIdentity = webIdentity
    }
}

/// What a session remembers of the web identity that it was made for.
package struct WebIdentityOfSession: Hashable, Sendable, Codable {
    /// The provider's ARN.
    package let provider: String
    /// Condition keys without the issuer before the colon, such as `sub`.
    package let claims: [String: String]
    /// The provider's name, which the condition keys begin with.
    package let issuer: IssuerName

    init(_ identity: WebIdentity) {
        provider = identity.provider.arn
        issuer = identity.provider.issuer
        var claims = ["sub": identity.subject, "aud": identity.audience]
        if let original = identity.originalAudience { claims["oaud"] = original }
        self.claims = claims
    }
}

// MARK: Token

extension SessionClaims: Codable {
    private enum CodingKeys: String, CodingKey {
        case accessKeyID = "k"
        case account = "a"
        case principal = "p"
        case policies = "s"
        case tags = "t"
        case sourceIdentity = "i"
        case issuedAt = "b"
        case expiresAt = "e"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        accessKeyID = try container.decode(AccessKeyID.self, forKey: .accessKeyID)
        guard accessKeyID.isTemporary else {
            throw DecodingError.dataCorruptedError(
                forKey: .accessKeyID,
                in: container,
                debugDescription: "not a temporary access key id"
            )
        }
        account = try container.decode(AccountID.self, forKey: .account)
        principal = try container.decode(Principal.self, forKey: .principal)
        policies = try container.decodeIfPresent(SessionPolicies.self, forKey: .policies) ?? .none
        tags = try container.decodeIfPresent(SessionTags.self, forKey: .tags) ?? SessionTags()
        sourceIdentity = try container.decodeIfPresent(String.self, forKey: .sourceIdentity)
        issuedAt = try container.decode(Int64.self, forKey: .issuedAt)
        expiresAt = try container.decode(Int64.self, forKey: .expiresAt)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(accessKeyID, forKey: .accessKeyID)
        try container.encode(account, forKey: .account)
        try container.encode(principal, forKey: .principal)
        if !policies.isEmpty { try container.encode(policies, forKey: .policies) }
        if !tags.isEmpty { try container.encode(tags, forKey: .tags) }
        try container.encodeIfPresent(sourceIdentity, forKey: .sourceIdentity)
        try container.encode(issuedAt, forKey: .issuedAt)
        try container.encode(expiresAt, forKey: .expiresAt)
    }
}
