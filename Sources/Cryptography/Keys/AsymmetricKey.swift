/// The private half of an asymmetric key with its public half, unwrapped and ready for use.
///
/// Immutable, usable from any thread. Which algorithms a key may be used with follows from its spec; that it
/// is used for its one ``KeyUsage`` is the caller's duty.
package struct AsymmetricKey: Sendable, SecretBearing {
    package let spec: KeySpec
    package let publicKey: AsymmetricPublicKey
    private let implementation: Implementation

    private enum Implementation: Sendable {
        case libcrypto(LibcryptoKey)
        case edwards(EdwardsKey)
        case lattice(LatticeKey)
    }

    private init(_ spec: KeySpec, _ implementation: Implementation) throws(CryptographyError) {
        self.spec = spec
        self.implementation = implementation
        publicKey =
            switch implementation {
            case .libcrypto(let key): try AsymmetricPublicKey(spec, .libcrypto(key))
            case .edwards(let key): try AsymmetricPublicKey(spec, .edwards(key.publicKey))
            case .lattice(let key): try AsymmetricPublicKey(spec, .lattice(key.publicKey))
            }
    }

    /// Draws a new key pair.
    ///
    /// RSA takes 50 ms to seconds: keep it off an event loop. `.unsupported` for ML-DSA-44 and for specs that
    /// are not asymmetric.
    package static func generate(
        _ spec: KeySpec,
        _ pace: GenerationPace = .caller
    ) throws(CryptographyError) -> AsymmetricKey {
        switch spec {
        case .edwards25519: try AsymmetricKey(spec, .edwards(.generate()))
        case .mlDSA44, .mlDSA65, .mlDSA87: try AsymmetricKey(spec, .lattice(.generate(spec)))
        default: try AsymmetricKey(spec, .libcrypto(.generate(spec, pace)))
        }
    }

    /// Reads the storage form: a PKCS#8 PrivateKeyInfo, DER; `.invalidKeyMaterial` unless of exactly this
    /// spec.
    ///
    /// Checks the form only, for material that was sealed here; ``ImportedMaterial`` checks material from
    /// outside.
    package init(spec: KeySpec, serialized: UnsafeRawBufferPointer) throws(CryptographyError) {
        switch spec {
        case .symmetricDefault, .hmac224, .hmac256, .hmac384, .hmac512:
            throw .unsupported(.keySpec(spec))
        case .edwards25519:
            try self.init(spec, .edwards(.load(privateKeyInfo: serialized)))
        case .mlDSA44, .mlDSA65, .mlDSA87:
            try self.init(spec, .lattice(.load(spec, privateKeyInfo: serialized)))
        case .rsa2048, .rsa3072, .rsa4096, .nistP256, .nistP384, .nistP521, .secp256k1, .sm2:
            try self.init(spec, .libcrypto(.load(spec, privateKeyInfo: serialized)))
        }
    }

    /// The storage form; the same bytes for the same key, whatever encoding it was read from.
    ///
    /// PKCS#8 PrivateKeyInfo, DER; for ML-DSA with the seed alone (RFC 9881).
    package func serialized() throws(CryptographyError) -> SecretBytes {
        switch implementation {
        case .libcrypto(let key): try key.privateKeyInfo()
        case .edwards(let key): try key.privateKeyInfo()
        case .lattice(let key): try key.privateKeyInfo()
        }
    }

    /// The SubjectPublicKeyInfo, DER, as GetPublicKey answers it; made once.
    package var publicKeyDER: [UInt8] { publicKey.der }

    /// Whether the private key's numbers belong together; costs up to a second, for imported material.
    var isConsistent: Bool {
        // Ed25519 and ML-DSA keys come from a seed, and every seed is a key.
        guard case .libcrypto(let key) = implementation else { return true }
        return key.isConsistent
    }
}

extension AsymmetricKey {
    /// Signs a message, or its digest.
    ///
    /// ECDSA and SM2 signatures are DER (RFC 3279, 2.2.3); the PSS salt is as long as the hash; ML-DSA and
    /// Ed25519ph have an empty context.
    /// - Throws: `.incompatible`, `.invalidMessageType`, `.invalidDigestLength`, `.unsupported`.
    package func sign(
        _ message: UnsafeRawBufferPointer,
        type: MessageType,
        algorithm: SigningAlgorithm
    ) throws(CryptographyError) -> [UInt8] {
        try spec.check(algorithm)
        try algorithm.check(messageByteCount: message.count, type: type)
        switch implementation {
        case .edwards(let key):
            return try algorithm == .ed25519phSHA512
                ? key.signPrehashed(message: message) : key.sign(message: message)
        case .lattice(let key):
            return try key.sign(message: message)
        case .libcrypto(let key):
            if algorithm == .sm2DSA, type == .raw { return try key.signSM2(message: message) }
            guard let scheme = algorithm.libcryptoScheme else {
                throw .incompatible(algorithm: algorithm.rawValue, spec: spec)
            }
            guard type == .raw, let hash = algorithm.hash else {
                return try key.sign(digest: message, scheme)
            }
            return try hash.digest(of: message).withBytes { digest throws(CryptographyError) in
                try key.sign(digest: digest, scheme)
            }
        }
    }

    /// The same for a message in an array.
    package func sign(
        _ message: [UInt8],
        type: MessageType,
        algorithm: SigningAlgorithm
    ) throws(CryptographyError) -> [UInt8] {
        try message.withBytes { bytes throws(CryptographyError) in
            try sign(bytes, type: type, algorithm: algorithm)
        }
    }

    /// Decrypts what was encrypted to the public half; `.invalidCiphertext` whatever the cause.
    package func decrypt(
        _ ciphertext: [UInt8],
        algorithm: EncryptionAlgorithm
    ) throws(CryptographyError) -> SecretBytes {
        guard spec.encryptionAlgorithms.contains(algorithm), case .libcrypto(let key) = implementation,
            let scheme = algorithm.libcryptoScheme
        else { throw .incompatible(algorithm: algorithm.rawValue, spec: spec) }
        return try key.decrypt(ciphertext, scheme)
    }

    /// Agrees on a secret with the owner of another public key: the x-coordinate of the shared point,
    /// unhashed.
    ///
    /// The peer's key is a SubjectPublicKeyInfo, DER, on the same curve; else `.invalidPublicKey`.
    package func sharedSecret(withPeer peer: [UInt8]) throws(CryptographyError) -> SecretBytes {
        guard spec.keyAgreementAlgorithms.contains(.ecdh), case .libcrypto(let key) = implementation else {
            throw .incompatible(algorithm: KeyAgreementAlgorithm.ecdh.rawValue, spec: spec)
        }
        return try key.sharedSecret(withPeer: peer)
    }

    /// Whether a signature is this key's over the message; see ``AsymmetricPublicKey``.
    package func verify(
        signature: [UInt8],
        of message: UnsafeRawBufferPointer,
        type: MessageType,
        algorithm: SigningAlgorithm
    ) throws(CryptographyError) -> Bool {
        try publicKey.verify(signature: signature, of: message, type: type, algorithm: algorithm)
    }

    /// The same for a message in an array.
    package func verify(
        signature: [UInt8],
        of message: [UInt8],
        type: MessageType,
        algorithm: SigningAlgorithm
    ) throws(CryptographyError) -> Bool {
        try publicKey.verify(signature: signature, of: message, type: type, algorithm: algorithm)
    }

    /// Encrypts to the public half; see ``AsymmetricPublicKey``.
    package func encrypt(
        _ plaintext: UnsafeRawBufferPointer,
        algorithm: EncryptionAlgorithm
    ) throws(CryptographyError) -> [UInt8] {
        try publicKey.encrypt(plaintext, algorithm: algorithm)
    }
}
