package import Synchronization

/// What kind of principal asks.
package enum CallerType: String, CaseIterable, Hashable, Sendable {
    /// The root user of an account.
    case root
    case user
    case assumedRole
    /// A session of GetFederationToken.
    case federatedUser
    /// The bearer of an OpenID Connect token, before it has a role.
    case webIdentity
    /// The bearer of a SAML assertion, before it has a role.
    case saml
    /// One of our own services acting for itself.
    case service
    case anonymous

    /// The value of `aws:PrincipalType`; nil where AWS has none.
    var principalType: String? {
        switch self {
        case .root: "Account"
        case .user: "User"
        case .assumedRole: "AssumedRole"
        case .federatedUser: "FederatedUser"
        case .anonymous: "Anonymous"
        case .webIdentity, .saml, .service: nil
        }
    }
}

/// Who asks, resolved once from credentials and shared by all requests made with them.
///
/// A class, because one caller is carried through every layer of many requests.
package final class Caller: Sendable {
    package let type: CallerType

    /// The name that policies and logs know: for a role session its assumed-role ARN, for a service its
    /// principal (`s3.amazonaws.com`), for an identity provider's bearer the provider.
    package let arn: String

    /// Nil for those who belong to no account: services, bearers of foreign tokens, the anonymous.
    package let account: String?

    /// `AIDA…` of a user, `AROA…:session` of a role session, the account id of the root user.
    package let uniqueID: String

    /// The role behind a role session, or the user behind a federated session.
    package let issuerARN: String?

    /// The `AROA…` id of the role, or the `AIDA…` id of the user, behind a session.
    package let issuerID: String?

    /// The IAM user's name; nil for every other type.
    package let username: String?

    /// The id S3 knows the account by.
    package let canonicalUserID: String?

    /// Tags of the user or role, overlaid with those of the session.
    package let tags: [String: String]

    package let session: SessionAttributes

    package let identityPolicies: [PolicyDocument]
    package let boundary: PolicyDocument?

    /// Nil when the session has none; an empty list allows nothing.
    package let sessionPolicies: [PolicyDocument]?

    /// Whether any of its policies finds statements by an index.
    let hasIndexedPolicies: Bool

    /// The services that call for this caller, first to last, such as `s3.amazonaws.com`.
    package let calledVia: [String]

    /// Set once by whoever first has to tell the caller in words, and found again by all later requests.
    package let text = AtomicLazyReference<CallerText>()

    /// The caller with the service that first called for it: the next call finds it, and its text, made.
    private let delegate = AtomicLazyReference<Caller>()

    package init(
        type: CallerType,
        arn: String,
        account: String?,
        uniqueID: String,
        issuerARN: String? = nil,
        issuerID: String? = nil,
        username: String? = nil,
        canonicalUserID: String? = nil,
        tags: [String: String] = [:],
        session: SessionAttributes = SessionAttributes(),
        identityPolicies: [PolicyDocument] = [],
        boundary: PolicyDocument? = nil,
        sessionPolicies: [PolicyDocument]? = nil,
        calledVia: [String] = []
    ) {
        self.type = type
        self.arn = arn
        self.account = account
        self.uniqueID = uniqueID
        self.issuerARN = issuerARN
        self.issuerID = issuerID
        self.username = username
        self.canonicalUserID = canonicalUserID
        self.tags = tags
        self.session = session
        self.identityPolicies = identityPolicies
        self.boundary = boundary
        self.sessionPolicies = sessionPolicies
        hasIndexedPolicies =
            identityPolicies.contains(where: \.isIndexed) || boundary?.isIndexed ?? false
            || sessionPolicies?.contains(where: \.isIndexed) ?? false
        self.calledVia = calledVia
    }

    /// The role of a role session.
    package var roleARN: String? { type == .assumedRole ? issuerARN : nil }

    /// The service that makes this request for the caller, if one does: the last of ``calledVia``.
    package var viaService: String? { calledVia.last }

    /// The same caller, with a service calling on its behalf.
    ///
    /// Only services call this; nothing in a request's headers can.
    ///
    /// - Parameter service: the service's principal, such as `secretsmanager.amazonaws.com`.
    /// - Returns: a caller whose ``calledVia`` ends with the service.
    package func calling(via service: String) -> Caller {
        if let known = delegate.load(), known.viaService == service { return known }
        let made = Caller(
            type: type,
            arn: arn,
            account: account,
            uniqueID: uniqueID,
            issuerARN: issuerARN,
            issuerID: issuerID,
            username: username,
            canonicalUserID: canonicalUserID,
            tags: tags,
            session: session,
            identityPolicies: identityPolicies,
            boundary: boundary,
            sessionPolicies: sessionPolicies,
            calledVia: calledVia + [service]
        )
        _ = delegate.storeIfNil(made)
        return made
    }
}

/// What a layer above wrote about a caller, such as the identity that audit events show.
package final class CallerText: Sendable {
    /// The access key the text names.
    package let accessKeyID: String?
    package let bytes: [UInt8]

    package init(accessKeyID: String?, bytes: [UInt8]) {
        self.accessKeyID = accessKeyID
        self.bytes = bytes
    }
}

/// What is known of the credentials themselves.
package struct SessionAttributes: Sendable {
    /// When temporary credentials were issued, in seconds since 1970; nil for long-term credentials.
    package var issuedAt: Int64?

    /// When the caller proved a second factor, in seconds since 1970; nil when it did not.
    package var multiFactorAt: Int64?

    package var sourceIdentity: String?

    /// The provider whose token or assertion the session was made from.
    package var federatedProvider: String?

    /// Keys of the caller's tags that sessions made from this one inherit.
    package var transitiveTagKeys: [String]

    /// Further keys the session carries, such as a provider's `accounts.google.com:sub`.
    package var keys: [ConditionKey: ConditionValues]

    package init(
        issuedAt: Int64? = nil,
        multiFactorAt: Int64? = nil,
        sourceIdentity: String? = nil,
        federatedProvider: String? = nil,
        transitiveTagKeys: [String] = [],
        keys: [ConditionKey: ConditionValues] = [:]
    ) {
        self.issuedAt = issuedAt
        self.multiFactorAt = multiFactorAt
        self.sourceIdentity = sourceIdentity
        self.federatedProvider = federatedProvider
        self.transitiveTagKeys = transitiveTagKeys
        self.keys = keys
    }
}
