/// The RSA key pair under which key material travels from its owner to here (GetParametersForImport).
package struct WrappingKeyPair: Sendable, SecretBearing {
    package let spec: WrappingKeySpec
    /// SubjectPublicKeyInfo, DER.
    package let publicKeyDER: [UInt8]
    private let key: LibcryptoKey

    private init(_ spec: WrappingKeySpec, _ key: LibcryptoKey) throws(CryptographyError) {
        self.spec = spec
        self.key = key
        publicKeyDER = try key.subjectPublicKeyInfo()
    }

    /// Draws a new key pair; takes 50 ms to seconds.
    ///
    /// `.unsupported` for SM2.
    package static func generate(
        _ spec: WrappingKeySpec,
        _ pace: GenerationPace = .caller
    ) throws(CryptographyError) -> WrappingKeyPair {
        guard spec != .sm2 else { throw .unsupported(.wrappingKeySpec(spec)) }
        return try WrappingKeyPair(spec, .generate(spec.keySpec, pace))
    }

    /// Reads the storage form: a PKCS#8 PrivateKeyInfo, DER, of the given spec.
    package init(spec: WrappingKeySpec, serialized: UnsafeRawBufferPointer) throws(CryptographyError) {
        guard spec != .sm2 else { throw .unsupported(.wrappingKeySpec(spec)) }
        try self.init(spec, .load(spec.keySpec, privateKeyInfo: serialized))
    }

    /// The storage form.
    package func serialized() throws(CryptographyError) -> SecretBytes { try key.privateKeyInfo() }

    /// Decrypts key material that its owner encrypted; `.invalidCiphertext` whatever the cause.
    ///
    /// - Throws: `.unsupported` for RSAES_PKCS1_V1_5 and SM2PKE.
    package func unwrap(
        _ wrapped: [UInt8],
        algorithm: WrappingAlgorithm
    ) throws(CryptographyError) -> SecretBytes {
        switch algorithm {
        case .rsaesOAEPSHA1: try key.decrypt(wrapped, .oaepSHA1)
        case .rsaesOAEPSHA256: try key.decrypt(wrapped, .oaepSHA256)
        case .rsaAESKeyWrapSHA1: try unwrapTwice(wrapped, .oaepSHA1)
        case .rsaAESKeyWrapSHA256: try unwrapTwice(wrapped, .oaepSHA256)
        case .rsaesPKCS1v15, .sm2PKE: throw .unsupported(.wrappingAlgorithm(algorithm))
        }
    }

    /// Undoes RSA_AES_KEY_WRAP: an AES-256 key under OAEP, as long as the modulus, then the material under
    /// it.
    private func unwrapTwice(
        _ wrapped: [UInt8],
        _ scheme: LibcryptoKey.EncryptionScheme
    ) throws(CryptographyError) -> SecretBytes {
        let modulusByteCount = (key.spec.modulusBitCount ?? 0) / 8
        guard wrapped.count > modulusByteCount else { throw .invalidCiphertext }
        let transportKey = try key.decrypt(Array(wrapped.prefix(modulusByteCount)), scheme)
        return try AESKeyWrap.unwrap(Array(wrapped.dropFirst(modulusByteCount)), with: transportKey)
    }
}
