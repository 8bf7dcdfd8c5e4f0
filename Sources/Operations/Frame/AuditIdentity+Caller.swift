import AWSProtocol
package import Authorization
import Synchronization
package import Trail

import struct Foundation.Date

extension AuditIdentity {
    /// The identity of a caller as CloudTrail records it.
    ///
    /// Source: CloudTrail User Guide, "CloudTrail userIdentity element".
    package init(_ caller: Caller, accessKeyID: String?) {
        let isFederated = caller.type == .webIdentity || caller.type == .saml
        self.init(
            kind: Self.kind(of: caller.type),
            principalID: caller.uniqueID,
            // A provider is not the caller's own name.
            arn: isFederated ? nil : caller.arn,
            accountID: caller.account,
            accessKeyID: accessKeyID,
            userName: caller.username,
            sessionContext: SessionContext(caller),
            identityProvider: isFederated ? caller.arn : nil,
            invokedBy: caller.viaService
        )
    }

    /// The JSON of that identity, which is made once for a caller and an access key.
    ///
    /// Callers without credentials come with any access key; only the first one's text is kept.
    static func rendered(_ caller: Caller, accessKeyID: String?) -> Rendered {
        if let known = caller.text.load(), known.accessKeyID == accessKeyID {
            return Rendered(unchecked: known.bytes)
        }
        let rendered = AuditIdentity(caller, accessKeyID: accessKeyID).rendered
        _ = caller.text.storeIfNil(CallerText(accessKeyID: accessKeyID, bytes: rendered.json))
        return rendered
    }

    private static func kind(of type: CallerType) -> Kind {
        switch type {
        case .root: .root
        case .user: .iamUser
        case .assumedRole: .assumedRole
        case .federatedUser: .federatedUser
        case .webIdentity, .saml: .webIdentityUser
        case .service: .awsService
        case .anonymous: .unknown
        }
    }
}

extension AuditIdentity.SessionContext {
    /// The session of temporary credentials; nil for long-term ones.
    fileprivate init?(_ caller: Caller) {
        guard let issuedAt = caller.session.issuedAt else { return nil }
        self.init(
            issuer: AuditIdentity.Issuer(caller),
            webIdentity: AuditIdentity.WebIdentity(caller),
            sourceIdentity: caller.session.sourceIdentity,
            creationDate: Timestamp.iso8601(Date(timeIntervalSince1970: Double(issuedAt))),
            isMFAAuthenticated: caller.session.multiFactorAt != nil
        )
    }
}

extension AuditIdentity.Issuer {
    /// The role or user behind a session.
    fileprivate init?(_ caller: Caller) {
        guard let arn = caller.issuerARN, let id = caller.issuerID, let account = caller.account else {
            return nil
        }
        self.init(
            type: caller.type == .assumedRole ? "Role" : id == account ? "Root" : "IAMUser",
            principalID: id,
            arn: arn,
            accountID: account,
            userName: id == account ? nil : arn.split(separator: "/").last.map(String.init)
        )
    }
}

extension AuditIdentity.WebIdentity {
    /// The web identity that a session was made for.
    fileprivate init?(_ caller: Caller) {
        guard let provider = caller.session.federatedProvider else { return nil }
        let attributes = caller.session.keys.map { ($0.key.description, $0.value.all.joined(separator: ",")) }
        self.init(provider: provider, attributes: Dictionary(attributes) { first, _ in first })
    }
}
