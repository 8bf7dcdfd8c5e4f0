import JWTKit

/// The signature algorithms that identity tokens may have.
///
/// Everything else is refused by its name, before any key is looked at: `none`, and HMACs, with which whoever
/// knows a provider's public key could sign. Source: RFC 8725 section 3.1; IAM User Guide, "Create an OpenID
/// Connect (OIDC) identity provider in IAM".
enum TokenAlgorithm: String, CaseIterable, Hashable, Sendable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case es256 = "ES256"
    case es384 = "ES384"

    /// The kind of key it needs, as `kty` names it.
    var keyType: String {
        switch self {
        case .rs256, .rs384, .rs512: "RSA"
        case .es256, .es384: "EC"
        }
    }

    /// The curve it needs, as `crv` names it.
    var curve: String? {
        switch self {
        case .rs256, .rs384, .rs512: nil
        case .es256: "P-256"
        case .es384: "P-384"
        }
    }

    /// Bytes of a coordinate of the curve.
    var coordinateBytes: Int { self == .es384 ? 48 : 32 }

    var library: JWK.Algorithm {
        switch self {
        case .rs256: .rs256
        case .rs384: .rs384
        case .rs512: .rs512
        case .es256: .es256
        case .es384: .es384
        }
    }
}
