extension Caller {
    /// The root user of an account.
    package static func root(account: String, partition: String = "aws") -> Caller {
        Caller(
            type: .root,
            arn: "arn:\(partition):iam::\(account):root",
            account: account,
            uniqueID: account
        )
    }

    /// One of our services acting for itself, such as `logs.amazonaws.com`.
    package static func service(_ principal: String) -> Caller {
        Caller(type: .service, arn: principal, account: nil, uniqueID: principal)
    }

    /// The bearer of an identity provider's token, who asks for a role.
    ///
    /// - Parameters:
    ///   - provider: the provider's ARN, or the host of a public one.
    ///   - audience: the client that the token is for, for the audit.
    ///   - subject: whom the provider names, for the audit.
    ///   - keys: the token's claims as condition keys, such as `accounts.google.com:aud`.
    /// - Returns: a caller without account and policies.
    package static func webIdentity(
        provider: String,
        audience: String? = nil,
        subject: String? = nil,
        keys: [ConditionKey: ConditionValues] = [:]
    ) -> Caller {
        Caller(
            type: .webIdentity,
            arn: provider,
            account: nil,
            uniqueID: [provider, audience, subject].compactMap(\.self).joined(separator: ":"),
            username: subject,
            session: SessionAttributes(federatedProvider: provider, keys: keys)
        )
    }

    /// A request without a signature.
    package static let anonymous = Caller(
        type: .anonymous,
        arn: "anonymous",
        account: nil,
        uniqueID: "anonymous"
    )
}
