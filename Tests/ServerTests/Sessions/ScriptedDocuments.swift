import AWSProtocol
import Crypto
import Foundation
import Synchronization

@testable import IAM

/// The web server of an identity provider, `https://idp.example.com/tenant`, with one P-256 key.
final class ScriptedDocuments: DocumentFetching {
    static let url = "https://idp.example.com/tenant"

    private let key = P256.Signing.PrivateKey()
    private let failure = Mutex<FetchFailure?>(nil)

    func fail(_ failure: FetchFailure?) { self.failure.withLock { $0 = failure } }

    func allowsPlainHTTP(_ authority: String) -> Bool { false }

    func fetch(_ url: String, bytesMax: Int) async throws(FetchFailure) -> [UInt8] {
        if let failure = failure.withLock({ $0 }) { throw failure }
        switch url {
        case Self.url + "/.well-known/openid-configuration":
            return Array(#"{"issuer":"\#(Self.url)","jwks_uri":"\#(Self.url)/keys"}"#.utf8)
        case Self.url + "/keys": return Array(keySet.utf8)
        default: throw .status(404)
        }
    }

    var keySet: String {
        let raw = Array(key.publicKey.rawRepresentation)
        let (x, y) = (Self.encode(Array(raw[..<32])), Self.encode(Array(raw[32...])))
        return #"{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","kid":"k","x":"\#(x)","y":"\#(y)"}]}"#
    }

    /// A token of a Kubernetes service account, with claims changed.
    func token(at now: Date, _ changes: [String: String?] = [:]) throws -> String {
        let seconds = Int(now.timeIntervalSince1970)
        var claims: [String: String?] = [
            "iss": "\"\(Self.url)\"", "aud": #"["sts.amazonaws.com"]"#, "iat": "\(seconds)",
            "nbf": "\(seconds)", "exp": "\(seconds + 3_600)", "sub": #""system:serviceaccount:shop:orders""#,
            "kubernetes.io":
                #"{"namespace":"shop","pod":{"name":"orders-1","uid":"1"},"serviceaccount":{"name":"orders","uid":"2"}}"#,
        ]
        for (name, value) in changes { claims[name] = value }
        let payload =
            "{"
            + claims.compactMap { name, value in value.map { "\"\(name)\":\($0)" } }.joined(separator: ",")
            + "}"
        let text =
            Self.encode(Array(#"{"alg":"ES256","kid":"k"}"#.utf8)) + "." + Self.encode(Array(payload.utf8))
        let signature = try key.signature(for: Data(text.utf8)).rawRepresentation
        return text + "." + Self.encode(Array(signature))
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
