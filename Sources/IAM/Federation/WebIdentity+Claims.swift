import AWSProtocol

import struct Foundation.Date

extension WebIdentity {
    /// How far the clocks of providers may be ahead, in seconds.
    private static let skewSeconds = 60.0
    private static let textCharactersMax = 255
    private static let methodsMax = 16

    /// Checks the claims of a token whose signature was proved.
    ///
    /// Source: OpenID Connect Core section 3.1.3.7; RFC 7519 section 4.1; IAM User Guide, "Available keys for AWS
    /// OIDC federation" for `azp`.
    init(
        _ token: JSONWebToken,
        from provider: OIDCProvider,
        at now: Date
    ) throws(WebIdentityError) {
        let claims = token.claims
        try Self.requireTimes(claims, at: now.timeIntervalSince1970)
        guard let subject = claims["sub"]?.text else { throw .claim(.missing("sub")) }
        guard (1...Self.textCharactersMax).contains(subject.unicodeScalars.count),
            !subject.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { throw .claim(.malformed("sub")) }
        let audience = try Self.audience(of: claims, from: provider)
        self.provider = provider
        self.subject = subject
        self.audience = audience.effective
        originalAudience = audience.original
        authenticationMethods = try Self.methods(of: claims)
        sourceIdentity = try Self.sourceIdentity(of: claims)
        tags = try SessionTags(claims: claims)
    }

    private static func requireTimes(_ claims: JSON, at now: Double) throws(WebIdentityError) {
        guard let expiry = try time("exp", of: claims) else { throw .claim(.missing("exp")) }
        guard now < expiry else { throw .expired(now: Int64(now), expiry: Int64(expiry)) }
        guard let issued = try time("iat", of: claims) else { throw .claim(.missing("iat")) }
        guard issued <= now + skewSeconds else { throw .claim(.notYetValid("iat")) }
        if let begin = try time("nbf", of: claims), begin > now + skewSeconds {
            throw .claim(.notYetValid("nbf"))
        }
    }

    /// Seconds since 1970; nil when the claim is absent.
    private static func time(_ name: String, of claims: JSON) throws(WebIdentityError) -> Double? {
        guard let claim = claims[name] else { return nil }
        guard case .number(let number) = claim, let seconds = number.double, seconds.isFinite,
            (0...253_402_300_799).contains(seconds)
        else { throw .claim(.malformed(name)) }
        return seconds
    }

    /// The audience for policies: `azp` where there is one, else the value of `aud` that is a client id.
    private static func audience(
        of claims: JSON,
        from provider: OIDCProvider
    ) throws(WebIdentityError) -> (effective: String, original: String?) {
        let audiences: [String]
        switch claims["aud"] {
        case nil: throw .claim(.missing("aud"))
        case .string(let text)?: audiences = [text.text]
        case .array(let elements)?:
            audiences = elements.compactMap(\.text)
            guard audiences.count == elements.count, (1...32).contains(audiences.count) else {
                throw .claim(.malformed("aud"))
            }
        default: throw .claim(.malformed("aud"))
        }
        if let party = claims["azp"] {
            guard let party = party.text else { throw .claim(.malformed("azp")) }
            guard provider.clientIDs.contains(party) else { throw .wrongAudience }
            return (party, audiences[0])
        }
        guard let audience = audiences.first(where: provider.clientIDs.contains) else { throw .wrongAudience }
        return (audience, nil)
    }

    private static func methods(of claims: JSON) throws(WebIdentityError) -> [String] {
        guard let claim = claims["amr"] else { return [] }
        let elements = claim.elements ?? [claim]
        let methods = elements.compactMap(\.text)
        guard methods.count == elements.count, methods.count <= methodsMax else {
            throw .claim(.malformed("amr"))
        }
        return methods
    }

    /// Source: IAM User Guide, "Monitor and control actions taken with assumed roles", OIDC.
    private static func sourceIdentity(of claims: JSON) throws(WebIdentityError) -> String? {
        let name = "https://aws.amazon.com/source_identity"
        guard let claim = claims[name] else { return nil }
        guard let text = claim.text, SessionName(text) != nil else { throw .claim(.malformed(name)) }
        return text
    }
}
