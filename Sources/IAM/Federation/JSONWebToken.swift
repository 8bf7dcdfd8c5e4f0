import AWSProtocol

/// A JSON Web Token taken apart; nothing of it has been proved.
///
/// Source: RFC 7515 section 7.1, RFC 7519.
struct JSONWebToken: Sendable {
    let algorithm: TokenAlgorithm
    /// The name of the key, `kid`.
    let keyID: String?
    let claims: JSON
    /// What the signature is over: header and payload as they came, with the dot between.
    let signedBytes: [UInt8]
    let signature: [UInt8]

    /// The longest token taken, in bytes (STS API Reference, `clientTokenType`).
    static let bytesMax = 20_000
    private static let depthMax = 16

    /// Takes a compact token apart.
    ///
    /// - Throws: `.malformedToken`; `.refusedAlgorithm` for one that is not taken.
    init(_ text: String) throws(WebIdentityError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax else { throw .malformedToken }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]),
            let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2])
        else { throw .malformedToken }
        let fields = try Self.object(header)
        claims = try Self.object(payload)
        // Extensions that the token says must be understood are not (RFC 7515 section 4.1.11).
        guard fields["crit"] == nil, let name = fields["alg"]?.text else { throw .malformedToken }
        guard let algorithm = TokenAlgorithm(rawValue: name) else {
            throw .refusedAlgorithm(String(name.prefix(16)))
        }
        if let keyID = fields["kid"], keyID.text == nil { throw .malformedToken }
        self.algorithm = algorithm
        keyID = fields["kid"]?.text
        signedBytes = Array(bytes[..<parts[1].endIndex])
        self.signature = signature
    }

    /// The issuer that the token claims.
    var issuer: String? { claims["iss"]?.text }

    private static func object(_ bytes: [UInt8]) throws(WebIdentityError) -> JSON {
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(bytes, depthMax: depthMax)
        } catch {
            throw .malformedToken
        }
        guard case .object = json else { throw .malformedToken }
        return json
    }
}
