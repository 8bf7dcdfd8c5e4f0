import AWSProtocol
package import Authorization

/// Who a web identity token says its bearer is, once everything about the token was found right.
package struct WebIdentity: Hashable, Sendable {
    package let provider: OIDCProvider
    /// `sub`.
    package let subject: String
    /// The audience that was found among the provider's client ids; `azp` where the token has one.
    package let audience: String
    /// The value of `aud` where `azp` takes its place.
    package let originalAudience: String?
    /// `amr`: how the bearer proved who it is.
    package let authenticationMethods: [String]
    package let sourceIdentity: String?
    package let tags: SessionTags

    /// The keys that trust policies ask, such as `idp.example.com:sub`.
    package var conditionKeys: [ConditionKey: ConditionValues] {
        let issuer = provider.issuer
        var keys: [ConditionKey: ConditionValues] = [
            ConditionKey(issuer.conditionKey("sub")): .single(subject),
            ConditionKey(issuer.conditionKey("aud")): .single(audience),
        ]
        if let originalAudience {
            keys[ConditionKey(issuer.conditionKey("azp"))] = .single(audience)
            keys[ConditionKey(issuer.conditionKey("oaud"))] = .single(originalAudience)
        }
        if !authenticationMethods.isEmpty {
            keys[ConditionKey(issuer.conditionKey("amr"))] = .multiple(authenticationMethods)
        }
        return keys
    }
}
