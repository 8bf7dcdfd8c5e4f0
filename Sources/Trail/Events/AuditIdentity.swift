/// Who made a call, as CloudTrail's `userIdentity` element says it.
package struct AuditIdentity: Hashable, Sendable {
    /// CloudTrail's `type`.
    package enum Kind: String, Sendable {
        case root = "Root"
        case iamUser = "IAMUser"
        case assumedRole = "AssumedRole"
        case federatedUser = "FederatedUser"
        case webIdentityUser = "WebIdentityUser"
        case awsAccount = "AWSAccount"
        case awsService = "AWSService"
        case unknown = "Unknown"
    }

    /// Nil in the events that the platform makes of itself.
    package var kind: Kind?
    package var principalID: String?
    package var arn: String?
    package var accountID: String?
    package var accessKeyID: String?
    package var userName: String?
    /// Set when temporary credentials were used.
    package var sessionContext: SessionContext?
    /// The identity provider, of web identity users alone.
    package var identityProvider: String?
    /// The service that called for the caller, as in `s3.amazonaws.com`.
    package var invokedBy: String?

    package init(
        kind: Kind?,
        principalID: String? = nil,
        arn: String? = nil,
        accountID: String? = nil,
        accessKeyID: String? = nil,
        userName: String? = nil,
        sessionContext: SessionContext? = nil,
        identityProvider: String? = nil,
        invokedBy: String? = nil
    ) {
        self.kind = kind
        self.principalID = principalID
        self.arn = arn
        self.accountID = accountID
        self.accessKeyID = accessKeyID
        self.userName = userName
        self.sessionContext = sessionContext
        self.identityProvider = identityProvider
        self.invokedBy = invokedBy
    }

    /// The identity in events of type `AwsServiceEvent`, such as RotateKey.
    package static func platform(accountID: String) -> AuditIdentity {
        AuditIdentity(kind: nil, accountID: accountID, invokedBy: "AWS Internal")
    }
}

extension AuditIdentity {
    /// CloudTrail's `sessionContext`: where temporary credentials came from.
    package struct SessionContext: Hashable, Sendable {
        package var issuer: Issuer?
        package var webIdentity: WebIdentity?
        package var sourceIdentity: String?
        /// When the credentials were issued, as text of whole seconds.
        package var creationDate: String
        package var isMFAAuthenticated: Bool

        package init(
            issuer: Issuer? = nil,
            webIdentity: WebIdentity? = nil,
            sourceIdentity: String? = nil,
            creationDate: String,
            isMFAAuthenticated: Bool = false
        ) {
            self.issuer = issuer
            self.webIdentity = webIdentity
            self.sourceIdentity = sourceIdentity
            self.creationDate = creationDate
            self.isMFAAuthenticated = isMFAAuthenticated
        }
    }

    /// The user or role that the credentials were issued for.
    package struct Issuer: Hashable, Sendable {
        /// `Role`, `IAMUser` or `Root`.
        package var type: String
        package var principalID: String
        package var arn: String
        package var accountID: String
        package var userName: String?

        package init(type: String, principalID: String, arn: String, accountID: String, userName: String?) {
            self.type = type
            self.principalID = principalID
            self.arn = arn
            self.accountID = accountID
            self.userName = userName
        }
    }

    /// CloudTrail's `webIdFederationData`.
    package struct WebIdentity: Hashable, Sendable {
        package var provider: String
        /// At most 16 are written, in the order of their names.
        package var attributes: [String: String]

        package init(provider: String, attributes: [String: String]) {
            self.provider = provider
            self.attributes = attributes
        }
    }
}
