import Crypto
import CryptoExtras
import Foundation

@testable import AWSProtocol
@testable import IAM

/// An identity provider with keys that are fresh in every process, so that no input holds a token of its own.
struct TokenIssuer {
    let p256 = P256.Signing.PrivateKey()
    let p384 = P384.Signing.PrivateKey()
    let rsa = certain { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static let provider = OIDCProvider(
        account: GatewayScene.account,
        issuer: certain(IssuerName("idp.example.com/tenant")),
        clientIDs: ["client", "sts.amazonaws.com"]
    )
    static let now = GatewayScene.now
    static let claims =
        #"{"iss":"https://idp.example.com/tenant","aud":["client"],"sub":"system:serviceaccount:ns:app","#
        + #""iat":1794999995,"nbf":1794999995,"exp":1795000600,"amr":["pwd"],"#
        + #""https://aws.amazon.com/tags":{"principal_tags":{"k":["v"]},"transitive_tag_keys":["k"]}}"#

    /// The coordinates of the P-256 key.
    var point: (x: String, y: String) {
        let raw = Array(p256.publicKey.rawRepresentation)
        return (Self.encode(Array(raw[..<32])), Self.encode(Array(raw[32...])))
    }

    /// What the provider publishes.
    var keySet: String {
        let far = Array(p384.publicKey.rawRepresentation)
        let primitives = certain { try rsa.publicKey.getKeyPrimitives() }
        return #"{"keys":[{"kty":"EC","crv":"P-256","kid":"p256","use":"sig","x":"\#(point.x)","#
            + #""y":"\#(point.y)"},{"kty":"EC","crv":"P-384","kid":"p384","alg":"ES384","#
            + #""x":"\#(Self.encode(Array(far[..<48])))","y":"\#(Self.encode(Array(far[48...])))"},"#
            + #"{"kty":"RSA","kid":"rsa","key_ops":["verify"],"e":"\#(Self.encode(Array(primitives.publicExponent)))","#
            + #""n":"\#(Self.encode(Array(primitives.modulus)))"},{"kty":"oct","kid":"oct","k":"AAAA"}]}"#
    }

    enum Signature: CaseIterable {
        case p256
        case p384
        case rsa
        /// An HMAC with the published key as its secret.
        case publicKey
        case none
    }

    func token(header: [UInt8], claims: [UInt8], _ signature: Signature) -> String {
        let text = Self.encode(header) + "." + Self.encode(claims)
        return text + "." + Self.encode(sign(Array(text.utf8), signature))
    }

    private func sign(_ bytes: [UInt8], _ signature: Signature) -> [UInt8] {
        switch signature {
        case .p256: return Array(certain { try p256.signature(for: bytes) }.rawRepresentation)
        case .p384: return Array(certain { try p384.signature(for: bytes) }.rawRepresentation)
        case .rsa:
            let digest = SHA256.hash(data: bytes)
            return Array(
                certain { try rsa.signature(for: digest, padding: .insecurePKCS1v1_5) }.rawRepresentation
            )
        case .publicKey:
            let key = SymmetricKey(data: Data(p256.publicKey.pemRepresentation.utf8))
            return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        case .none: return []
        }
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
