/// A fresh key pair for use outside, as GenerateDataKeyPair answers it.
package struct DataKeyPair: ~Copyable, Sendable {
    /// PKCS#8 PrivateKeyInfo, DER.
    package let privateKey: SecretBytes
    /// SubjectPublicKeyInfo, DER.
    package let publicKey: [UInt8]

    /// Draws a new key pair; RSA takes 50 ms to seconds, so keep it off an event loop.
    package static func generate(
        _ spec: DataKeyPairSpec,
        _ pace: GenerationPace = .caller
    ) throws(CryptographyError) -> DataKeyPair {
        let key = try AsymmetricKey.generate(spec.keySpec, pace)
        return DataKeyPair(privateKey: try key.serialized(), publicKey: key.publicKeyDER)
    }
}
