import AWSProtocol
import JWTKit

/// The public keys of an identity provider.
///
/// Source: RFC 7517 section 5. Keys that cannot sign tokens for us are left out, as section 5 asks.
package struct JSONWebKeySet: Sendable {
    let keys: [JSONWebKey]

    /// The longest document taken, in bytes.
    package static let bytesMax = 128 * 1024
    /// The most keys looked at.
    private static let keysMax = 128

    /// Reads a document `{"keys": […]}`.
    ///
    /// - Throws: `.invalidKeySet` for anything else, and for a set without any key of ours.
    package init(parsing bytes: [UInt8]) throws(WebIdentityError) {
        guard bytes.count <= Self.bytesMax else { throw .invalidKeySet(reason: "The key set is too long.") }
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(bytes, depthMax: 8)
        } catch {
            throw .invalidKeySet(reason: "The key set is not valid JSON.")
        }
        guard let elements = json["keys"]?.elements else {
            throw .invalidKeySet(reason: "The key set has no list of keys.")
        }
        guard elements.count <= Self.keysMax else {
            throw .invalidKeySet(reason: "The key set has more than \(Self.keysMax) keys.")
        }
        keys = elements.compactMap(JSONWebKey.init)
        guard !keys.isEmpty else {
            throw .invalidKeySet(reason: "The key set has no RSA, P-256 or P-384 key for signatures.")
        }
    }

    /// The key that a token names.
    ///
    /// - Returns: nil when there is none; a token without a name means the only key that fits, if it is one.
    /// - Throws: `.keyMismatch` when the key of that name is not for the token's algorithm.
    func key(for token: JSONWebToken) throws(WebIdentityError) -> JSONWebKey? {
        guard let name = token.keyID else {
            let fitting = keys.filter { $0.fits(token.algorithm) }
            return fitting.count == 1 ? fitting[0] : nil
        }
        let named = keys.filter { $0.id == name }
        guard !named.isEmpty else { return nil }
        guard let key = named.first(where: { $0.fits(token.algorithm) }) else { throw .keyMismatch }
        return key
    }
}

/// One public key of a set.
struct JSONWebKey: Sendable {
    private enum Material: Sendable {
        case rsa(modulus: String, exponent: String)
        case curve(name: String, x: String, y: String)
    }

    let id: String?
    private let algorithm: String?
    private let material: Material

    /// Bytes of a modulus: RSA of 2,048 to 8,192 bits.
    private static let modulusBytes = 256...1_024
    private static let exponentBytes = 1...4

    /// Nil for a key that is not public, not for signatures, of another kind, or too short or too long.
    init?(_ json: JSON) {
        guard json["d"] == nil, json["use"].map({ $0.text == "sig" }) ?? true, Self.mayVerify(json["key_ops"])
        else { return nil }
        id = json["kid"]?.text
        algorithm = json["alg"]?.text
        switch json["kty"]?.text {
        case "RSA":
            guard let modulus = json["n"]?.text, let exponent = json["e"]?.text,
                Self.count(modulus).map(Self.modulusBytes.contains) == true,
                Self.count(exponent).map(Self.exponentBytes.contains) == true
            else { return nil }
            material = .rsa(modulus: modulus, exponent: exponent)
        case "EC":
            guard let name = json["crv"]?.text, let x = json["x"]?.text, let y = json["y"]?.text,
                let algorithm = TokenAlgorithm.allCases.first(where: { $0.curve == name }),
                Self.count(x) == algorithm.coordinateBytes, Self.count(y) == algorithm.coordinateBytes
            else { return nil }
            material = .curve(name: name, x: x, y: y)
        default: return nil
        }
    }

    /// Whether tokens of an algorithm may be signed with it.
    func fits(_ algorithm: TokenAlgorithm) -> Bool {
        if let own = self.algorithm, own != algorithm.rawValue { return false }
        return switch material {
        case .rsa: algorithm.keyType == "RSA"
        case .curve(let name, _, _): algorithm.curve == name
        }
    }

    /// Proves the signature of a token.
    ///
    /// - Throws: `.keyMismatch` for a key that is no point of its curve or of another kind;
    ///   `.invalidSignature`.
    func verify(_ token: JSONWebToken) async throws(WebIdentityError) {
        guard fits(token.algorithm) else { throw .keyMismatch }
        let verifier: any JWTAlgorithm
        do {
            verifier = try await JWTKeyCollection().add(jwk: libraryKey(for: token.algorithm))
                .getKey(for: "key", alg: token.algorithm.rawValue)
        } catch {
            throw .keyMismatch
        }
        guard verifier.name == token.algorithm.rawValue else { throw .keyMismatch }
        let isValid: Bool
        do {
            isValid = try verifier.verify(token.signature, signs: token.signedBytes)
        } catch {
            // The library throws for signatures that have not the form of one.
            throw .invalidSignature
        }
        guard isValid else { throw .invalidSignature }
    }

    private func libraryKey(for algorithm: TokenAlgorithm) -> JWK {
        switch material {
        case .rsa(let modulus, let exponent):
            .rsa(algorithm.library, identifier: "key", modulus: modulus, exponent: exponent)
        case .curve(_, let x, let y):
            .ecdsa(
                algorithm.library,
                identifier: "key",
                x: x,
                y: y,
                curve: algorithm == .es256 ? .p256 : .p384
            )
        }
    }

    private static func mayVerify(_ operations: JSON?) -> Bool {
        guard let operations else { return true }
        return operations.elements?.contains { $0.text == "verify" } ?? false
    }

    /// How many bytes a base64 text has; nil when it is none.
    private static func count(_ text: String) -> Int? { Base64URL.decode(text.utf8)?.count }
}
