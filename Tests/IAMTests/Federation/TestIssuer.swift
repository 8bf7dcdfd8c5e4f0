import AWSProtocol
import Crypto
import CryptoExtras
import Foundation
import Synchronization

@testable import IAM

/// Signs tokens as an identity provider would, and publishes its keys.
struct TestIssuer {
    static let url = "https://idp.example.com/tenant"
    let rsa: _RSA.Signing.PrivateKey
    let p256 = P256.Signing.PrivateKey()
    let p384 = P384.Signing.PrivateKey()

    /// Two keys for all tests: making one takes a third of a second.
    private static let pool = Result {
        try (0..<2).map { _ in try _RSA.Signing.PrivateKey(keySize: .bits2048) }
    }

    init(key index: Int = 0) throws {
        rsa = try Self.pool.get()[index]
    }

    /// Claims that are right for the provider of ``provider``.
    static func claims(at now: Date = Moment.now, _ changes: [String: JSONText?] = [:]) -> String {
        let seconds = Int(now.timeIntervalSince1970)
        var claims: [String: JSONText?] = [
            "iss": .text(url), "aud": .list(["sts.amazonaws.com"]),
            "sub": .text("system:serviceaccount:ns:app"),
            "iat": .number(seconds - 5), "nbf": .number(seconds - 5), "exp": .number(seconds + 600),
        ]
        for (name, value) in changes { claims[name] = value }
        return "{"
            + claims.compactMap { name, value in value.map { "\"\(name)\":\($0.json)" } }.joined(
                separator: ","
            )
            + "}"
    }

    static var provider: OIDCProvider {
        get throws {
            OIDCProvider(
                account: try required(AccountID("111122223333")),
                issuer: try required(IssuerName("idp.example.com/tenant")),
                clientIDs: ["sts.amazonaws.com", "other"]
            )
        }
    }

    /// A compact token.
    func token(_ claims: String, algorithm: String = "RS256", key: String? = "rsa") throws -> String {
        let header =
            key.map { "{\"alg\":\"\(algorithm)\",\"kid\":\"\($0)\",\"typ\":\"JWT\"}" }
            ?? "{\"alg\":\"\(algorithm)\"}"
        let text = "\(Self.encode(header)).\(Self.encode(claims))"
        return "\(text).\(Self.encode(try signature(of: Array(text.utf8), algorithm)))"
    }

    private func signature(of bytes: [UInt8], _ algorithm: String) throws -> [UInt8] {
        switch algorithm {
        case "ES256": return Array(try p256.signature(for: Data(bytes)).rawRepresentation)
        case "ES384": return Array(try p384.signature(for: Data(bytes)).rawRepresentation)
        case "HS256":
            let key = SymmetricKey(data: Data(rsa.publicKey.pemRepresentation.utf8))
            return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
        case "none": return []
        case "RS384": return try sign(SHA384.hash(data: bytes))
        case "RS512": return try sign(SHA512.hash(data: bytes))
        default: return try sign(SHA256.hash(data: bytes))
        }
    }

    private func sign(_ digest: some Digest) throws -> [UInt8] {
        Array(try rsa.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
    }

    /// The published set: `rsa`, `p256` and `p384`.
    var keySet: String {
        get throws {
            let primitives = try rsa.publicKey.getKeyPrimitives()
            return """
                {"keys":[
                 {"kty":"RSA","use":"sig","kid":"rsa","n":"\(Self.encode(Array(primitives.modulus)))",
                  "e":"\(Self.encode(Array(primitives.publicExponent)))"},
                 \(Self.point("p256", "P-256", Array(p256.publicKey.rawRepresentation))),
                 \(Self.point("p384", "P-384", Array(p384.publicKey.rawRepresentation))),
                 {"kty":"oct","kid":"hmac","k":"AAAA"}
                ]}
                """
        }
    }

    private static func point(_ id: String, _ curve: String, _ raw: [UInt8]) -> String {
        let half = raw.count / 2
        return """
            {"kty":"EC","crv":"\(curve)","kid":"\(id)","x":"\(encode(Array(raw[..<half])))",
             "y":"\(encode(Array(raw[half...])))"}
            """
    }

    static func encode(_ text: String) -> String { encode(Array(text.utf8)) }

    static func encode(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// A value of a claim, as JSON.
enum JSONText {
    case text(String)
    case number(Int)
    case list([String])
    case raw(String)

    var json: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .number(let number): "\(number)"
        case .list(let texts): "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        case .raw(let json): json
        }
    }
}

/// The time of these tests.
enum Moment {
    static let now = Date(timeIntervalSince1970: 1_790_000_000)

    static func after(_ seconds: Double) -> Date { now.addingTimeInterval(seconds) }
}

struct NothingThere: Error {}

func required<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw NothingThere() }
    return value
}

/// A provider's web server: answers by address, counts what it is asked, and can be made to fail.
final class TestDocuments: DocumentFetching {
    private struct State {
        var documents: [String: Result<String, FetchFailure>]
        var asked: [String] = []
    }

    private let state: Mutex<State>
    private let delay: Duration

    init(_ documents: [String: Result<String, FetchFailure>], delay: Duration = .zero) {
        state = Mutex(State(documents: documents))
        self.delay = delay
    }

    var asked: [String] { state.withLock { $0.asked } }

    func set(_ url: String, _ document: Result<String, FetchFailure>) {
        state.withLock { $0.documents[url] = document }
    }

    func allowsPlainHTTP(_ authority: String) -> Bool { false }

    func fetch(_ url: String, bytesMax: Int) async throws(FetchFailure) -> [UInt8] {
        let document = state.withLock { state in
            state.asked.append(url)
            return state.documents[url]
        }
        try? await Task.sleep(for: delay)
        let text = try (document ?? .failure(.status(404))).get()
        guard text.utf8.count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
        return Array(text.utf8)
    }
}
