import Foundation

@testable import AWSProtocol
@testable import IAM

/// Web identity tokens, their claims and the key sets they are proved with: nothing is taken that the provider did
/// not sign, and of what it signed only what its claims allow.
enum TokenTarget {
    static let target = FuzzTarget(name: "token", bytesMax: 2_048, run: run, prepare: { _ = issuer }) {
        let header = Array(#"{"alg":"ES256","kid":"p256","typ":"JWT"}"#.utf8)
        let set =
            #"{"keys":[{"kty":"EC","crv":"P-256","kid":"p256","alg":"ES256","use":"sig","x":"$X","y":"$Y"}]}"#
        let flat =
            #"{"iss":"https://idp.example.com/tenant","aud":"other","azp":"client","sub":"s","iat":1795000000,"#
            + #""exp":1.7950001e9,"https://aws.amazon.com/tags/principal_tags/team":"blue","#
            + #""https://aws.amazon.com/source_identity":"alice"}"#
        return [
            ("garbage", [0] + Array("eyJhbGciOiJub25lIn0.e30.".utf8)), ("as-is", [1, 0]),
            ("flipped", [1, 1, 1, 0, 90, 3]), ("rsa", [1, 2, 0, 0, 200, 66]), ("shorter", [1, 0, 5, 0, 200]),
            ("claims", [2] + Array(TokenIssuer.claims.utf8)), ("flat-claims", [2] + Array(flat.utf8)),
            ("header", [3] + header), ("none", [3] + Array(#"{"alg":"none"}"#.utf8)),
            ("hmac", [3] + Array(#"{"alg":"HS256","kid":"p256"}"#.utf8)),
            ("critical", [3] + Array(#"{"alg":"ES256","crit":["exp"]}"#.utf8)),
            ("keys", [4] + Array(set.utf8)), ("damaged-keys", [5, 0, 0, 9, 65]),
        ]
    }

    private static let issuer = TokenIssuer()
    private static let keySet = Array(issuer.keySet.utf8)
    private static let ours = certain { () throws(WebIdentityError) in try JSONWebKeySet(parsing: keySet) }
    private static let originals = [
        (#"{"alg":"ES256","kid":"p256"}"#, TokenIssuer.Signature.p256),
        (#"{"alg":"ES384","kid":"p384"}"#, .p384), (#"{"alg":"RS256","kid":"rsa"}"#, .rsa),
    ].map { issuer.token(header: Array($0.utf8), claims: Array(TokenIssuer.claims.utf8), $1) }

    static func run(_ input: [UInt8]) {
        var reader = FuzzInput(input)
        switch reader.byte() % 6 {
        case 0: promise(identity(reader.remainder().repairedText) == nil, "a token that nobody made is taken")
        case 1:
            let original = originals[Int(reader.byte()) % originals.count]
            let damaged = Array(original.utf8).damaged(by: &reader).repairedText
            promise(
                (identity(damaged) != nil) == (damaged == original),
                "a changed token is taken, or an unchanged one is not: \(damaged)"
            )
        case 2: claims(reader.remainder())
        case 3: header(reader.remainder())
        case 4:
            let text = reader.remainder().repairedText.replacing("$X", with: issuer.point.x)
            keys(Array(text.replacing("$Y", with: issuer.point.y).utf8))
        default: keys(keySet.damaged(by: &reader))
        }
    }

    /// Who bears a token, if the set proves it and its claims are right for the provider.
    private static func identity(_ text: String, _ set: JSONWebKeySet = ours) -> WebIdentity? {
        guard let token = accepted({ () throws(WebIdentityError) in try JSONWebToken(text) }),
            let key = accepted({ () throws(WebIdentityError) in try set.key(for: token) }) ?? nil
        else { return nil }
        let isProved = Asynchronous.result {
            do throws(WebIdentityError) {
                try await key.verify(token)
                return true
            } catch {
                return false
            }
        }
        guard isProved else { return nil }
        return accepted { () throws(WebIdentityError) in
            try WebIdentity(token, from: TokenIssuer.provider, at: TokenIssuer.now)
        }
    }

    /// Foundation's reading of an object.
    private static func object(_ bytes: [UInt8]) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? [String: Any] ?? [:]
    }

    private static func claims(_ claims: [UInt8]) {
        let token = issuer.token(header: Array(#"{"alg":"ES256"}"#.utf8), claims: claims, .p256)
        guard let identity = identity(token) else { return }
        let read = object(claims)
        let expiry = (read["exp"] as? NSNumber)?.doubleValue ?? 0
        promise(expiry > TokenIssuer.now.timeIntervalSince1970, "a token is taken after its time")
        promise(read["sub"] as? String == identity.subject, "a token's subject is another")
        let audiences = (read["aud"] as? [String]) ?? (read["aud"] as? String).map { [$0] } ?? []
        let party = (read["azp"] as? String).map { [$0] }
        promise((party ?? audiences).contains(identity.audience), "a token's audience is not its own")
        promise(
            TokenIssuer.provider.clientIDs.contains(identity.audience),
            "a token for others is taken: \(identity.audience)"
        )
        promise(identity.tags.values.count <= SessionTags.countMax, "a token has too many tags")
        promise(
            !identity.tags.values.keys.contains { $0.lowercased().hasPrefix("aws:") },
            "a token has a tag of AWS's own"
        )
        promise(!identity.conditionKeys.isEmpty, "a token gives no condition keys")
    }

    private static func header(_ header: [UInt8]) {
        let read = object(header)
        for signature in TokenIssuer.Signature.allCases where signature != .rsa {
            let token = issuer.token(header: header, claims: Array(TokenIssuer.claims.utf8), signature)
            guard identity(token) != nil else { continue }
            let needed: (algorithm: String, key: String)? =
                switch signature {
                case .p256: ("ES256", "p256")
                case .p384: ("ES384", "p384")
                case .rsa, .publicKey, .none: nil
                }
            promise(
                needed != nil && read["alg"] as? String == needed?.algorithm && read["crit"] == nil
                    && (read["kid"] == nil || read["kid"] as? String == needed?.key),
                "a token with the header \(header.repairedText) and a signature of \(signature) is taken"
            )
        }
    }

    private static func keys(_ bytes: [UInt8]) {
        guard let set = accepted({ () throws(WebIdentityError) in try JSONWebKeySet(parsing: bytes) }) else {
            promise(bytes != keySet, "the provider's own keys are refused")
            return
        }
        let isTaken = identity(originals[0], set) != nil
        promise(isTaken || bytes != keySet, "a token is refused by the provider's own keys")
        guard isTaken else { return }
        let keys = object(bytes)["keys"] as? [Any] ?? []
        promise(
            keys.contains { ($0 as? [String: Any]).map(isOurs) ?? false },
            "a token is proved by keys that do not fit: \(bytes.repairedText)"
        )
    }

    /// Whether a key of a set is the one of the first token, and for signatures like its.
    private static func isOurs(_ key: [String: Any]) -> Bool {
        func has(_ name: String, _ text: String, orNothing: Bool = false) -> Bool {
            key[name] == nil ? orNothing : key[name] as? String == text
        }
        return has("kty", "EC") && has("crv", "P-256") && has("kid", "p256") && has("x", issuer.point.x)
            && has("y", issuer.point.y) && has("use", "sig", orNothing: true)
            && has("alg", "ES256", orNothing: true) && key["d"] == nil
    }
}
