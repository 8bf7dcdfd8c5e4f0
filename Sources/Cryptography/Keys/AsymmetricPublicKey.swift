/// The public half of an asymmetric key: verifies, and encrypts to the private half's owner.
package struct AsymmetricPublicKey: Sendable {
    package let spec: KeySpec
    /// The SubjectPublicKeyInfo, DER (RFC 5280; ML-DSA by RFC 9881).
    package let der: [UInt8]
    private let implementation: Implementation

    enum Implementation: Sendable {
        case libcrypto(LibcryptoKey)
        case edwards(EdwardsPublicKey)
        case lattice(LatticePublicKey)
    }

    init(_ spec: KeySpec, _ implementation: Implementation) throws(CryptographyError) {
        self.spec = spec
        self.implementation = implementation
        der =
            switch implementation {
            case .libcrypto(let key): try key.subjectPublicKeyInfo()
            case .edwards(let key): try key.subjectPublicKeyInfo()
            case .lattice(let key): try key.subjectPublicKeyInfo()
            }
    }

    /// Reads a SubjectPublicKeyInfo, DER; `.invalidPublicKey` unless of exactly this spec.
    package init(spec: KeySpec, subjectPublicKeyInfo der: [UInt8]) throws(CryptographyError) {
        switch spec {
        case .symmetricDefault, .hmac224, .hmac256, .hmac384, .hmac512:
            throw .unsupported(.keySpec(spec))
        case .edwards25519:
            try self.init(spec, .edwards(EdwardsPublicKey(subjectPublicKeyInfo: der)))
        case .mlDSA44, .mlDSA65, .mlDSA87:
            try self.init(spec, .lattice(LatticePublicKey(spec, subjectPublicKeyInfo: der)))
        case .rsa2048, .rsa3072, .rsa4096, .nistP256, .nistP384, .nistP521, .secp256k1, .sm2:
            try self.init(spec, .libcrypto(.load(spec, subjectPublicKeyInfo: der)))
        }
    }

    /// Whether a signature is this key's over the message, or over the digest given as the message.
    ///
    /// A malformed signature is an invalid one, not an error.
    /// - Throws: `.incompatible`, `.invalidMessageType`, `.invalidDigestLength`, `.unsupported`.
    package func verify(
        signature: [UInt8],
        of message: UnsafeRawBufferPointer,
        type: MessageType,
        algorithm: SigningAlgorithm
    ) throws(CryptographyError) -> Bool {
        try spec.check(algorithm)
        try algorithm.check(messageByteCount: message.count, type: type)
        switch implementation {
        case .edwards(let key):
            return algorithm == .ed25519phSHA512
                ? key.isValidPrehashed(signature: signature, message: message)
                : key.isValid(signature: signature, message: message)
        case .lattice(let key):
            return key.isValid(signature: signature, message: message)
        case .libcrypto(let key):
            if algorithm == .sm2DSA, type == .raw {
                return key.isValidSM2(signature: signature, message: message)
            }
            guard let scheme = algorithm.libcryptoScheme else {
                throw .incompatible(algorithm: algorithm.rawValue, spec: spec)
            }
            guard type == .raw, let hash = algorithm.hash else {
                return key.isValid(signature: signature, digest: message, scheme)
            }
            return hash.digest(of: message).withBytes {
                key.isValid(signature: signature, digest: $0, scheme)
            }
        }
    }

    /// The same for a message in an array.
    package func verify(
        signature: [UInt8],
        of message: [UInt8],
        type: MessageType,
        algorithm: SigningAlgorithm
    ) throws(CryptographyError) -> Bool {
        try message.withBytes { bytes throws(CryptographyError) in
            try verify(signature: signature, of: bytes, type: type, algorithm: algorithm)
        }
    }

    /// Encrypts; RSA ciphertexts have the modulus' length, SM2's are ASN.1 (GM/T 0009).
    ///
    /// - Throws: `.incompatible`; `.plaintextTooLong` beyond ``KeySpec/plaintextBytesMax(_:)``.
    package func encrypt(
        _ plaintext: UnsafeRawBufferPointer,
        algorithm: EncryptionAlgorithm
    ) throws(CryptographyError) -> [UInt8] {
        guard case .libcrypto(let key) = implementation, let scheme = algorithm.libcryptoScheme,
            let bytesMax = spec.plaintextBytesMax(algorithm)
        else { throw .incompatible(algorithm: algorithm.rawValue, spec: spec) }
        guard plaintext.count <= bytesMax else {
            throw .plaintextTooLong(algorithm, spec, bytesMax: bytesMax)
        }
        return try key.encrypt(plaintext, scheme)
    }
}
