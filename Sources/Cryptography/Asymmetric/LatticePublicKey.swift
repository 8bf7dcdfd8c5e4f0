import Crypto

/// The public half of an ML-DSA key.
enum LatticePublicKey: Sendable {
    case level65(MLDSA65.PublicKey)
    case level87(MLDSA87.PublicKey)

    /// Reads a SubjectPublicKeyInfo (RFC 9881, section 4).
    init(_ spec: KeySpec, subjectPublicKeyInfo der: [UInt8]) throws(CryptographyError) {
        guard let algorithm = LatticeKey.algorithm(of: spec) else { throw .unsupported(.keySpec(spec)) }
        guard let raw = SubjectPublicKeyInfo.rawKey(of: algorithm, der: der) else { throw .invalidPublicKey }
        do {
            self =
                spec == .mlDSA65
                ? .level65(try MLDSA65.PublicKey(rawRepresentation: raw))
                : .level87(try MLDSA87.PublicKey(rawRepresentation: raw))
        } catch {
            // swift-crypto says no more than that the bytes are no key.
            throw .invalidPublicKey
        }
    }

    /// The SubjectPublicKeyInfo, DER.
    func subjectPublicKeyInfo() throws(CryptographyError) -> [UInt8] {
        switch self {
        case .level65: try SubjectPublicKeyInfo.der(algorithm: .mlDSA65, rawKey: rawKey)
        case .level87: try SubjectPublicKeyInfo.der(algorithm: .mlDSA87, rawKey: rawKey)
        }
    }

    var rawKey: [UInt8] {
        switch self {
        case .level65(let key): [UInt8](key.rawRepresentation)
        case .level87(let key): [UInt8](key.rawRepresentation)
        }
    }

    /// Whether a signature with an empty context is this key's over the message.
    func isValid(signature: [UInt8], message: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .level65(let key): key.isValidSignature(signature, for: message)
        case .level87(let key): key.isValidSignature(signature, for: message)
        }
    }
}
