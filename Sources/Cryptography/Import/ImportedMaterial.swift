/// What ImportKeyMaterial takes as the material of a key.
package enum ImportedMaterial {
    /// Checks material from outside and gives its storage form.
    ///
    /// Symmetric and HMAC keys: bytes of the spec's length. Asymmetric keys: a PKCS#8 PrivateKeyInfo, DER, of
    /// exactly the spec, whose numbers belong together; ML-DSA with its seed (RFC 9881). Two encodings of one
    /// key give the same storage form. Takes up to a second for RSA-4096.
    /// - Throws: `.invalidKeyMaterial`; `.unsupported` for ML-DSA-44.
    package static func checked(
        _ material: borrowing SecretBytes,
        for spec: KeySpec
    ) throws(CryptographyError) -> SecretBytes {
        if let byteCount = spec.symmetricKeyByteCount {
            guard material.count == byteCount else { throw .invalidKeyMaterial }
            return material.copy()
        }
        let key = try material.withUnsafeBytes { bytes throws(CryptographyError) in
            try AsymmetricKey(spec: spec, serialized: bytes)
        }
        guard key.isConsistent else { throw .invalidKeyMaterial }
        return try key.serialized()
    }
}
