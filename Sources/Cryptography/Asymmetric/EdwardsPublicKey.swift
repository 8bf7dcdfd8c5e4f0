import Crypto

/// The public half of an Ed25519 key.
struct EdwardsPublicKey: Sendable {
    let rawKey: [UInt8]
    private let verifying: Curve25519.Signing.PublicKey

    init(_ verifying: Curve25519.Signing.PublicKey) {
        self.verifying = verifying
        rawKey = [UInt8](verifying.rawRepresentation)
    }

    /// Reads a SubjectPublicKeyInfo (RFC 8410, section 4).
    init(subjectPublicKeyInfo der: [UInt8]) throws(CryptographyError) {
        guard let raw = SubjectPublicKeyInfo.rawKey(of: .ed25519, der: der) else { throw .invalidPublicKey }
        do {
            self.init(try Curve25519.Signing.PublicKey(rawRepresentation: raw))
        } catch {
            // The only cause is a wrong length.
            throw .invalidPublicKey
        }
        // A key has one encoding; libcrypto overlooks such slips as unused bits that are not zero.
        guard try subjectPublicKeyInfo() == der else { throw .invalidPublicKey }
    }

    /// The SubjectPublicKeyInfo, DER.
    func subjectPublicKeyInfo() throws(CryptographyError) -> [UInt8] {
        try SubjectPublicKeyInfo.der(algorithm: .ed25519, rawKey: rawKey)
    }

    func isValid(signature: [UInt8], message: UnsafeRawBufferPointer) -> Bool {
        verifying.isValidSignature(signature, for: message)
    }

    func isValidPrehashed(signature: [UInt8], message: UnsafeRawBufferPointer) -> Bool {
        var state = EdwardsPrehash(message)
        return state.verify(signature, of: rawKey)
    }
}
