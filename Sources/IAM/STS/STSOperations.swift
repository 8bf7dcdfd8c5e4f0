package import Operations

/// The operations of AWS STS.
package enum STSOperations {
    package static let table = OperationTable<SecurityTokenService>([
        Durable(AssumeRole.self),
        Durable(AssumeRoleWithSAML.self),
        Durable(AssumeRoleWithWebIdentity.self),
        Durable(AssumeRoot.self),
        Durable(DecodeAuthorizationMessage.self),
        Durable(GetAccessKeyInfo.self),
        Immediate(GetCallerIdentity.self),
        Durable(GetDelegatedAccessToken.self),
        Durable(GetFederationToken.self),
        Durable(GetSessionToken.self),
        Durable(GetWebIdentityToken.self),
    ])
}

extension ServiceOperation where Service == SecurityTokenService {
    package static var action: String { "sts:\(name)" }
    package static var isReadOnly: Bool { true }
}
