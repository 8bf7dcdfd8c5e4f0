/// What the module refuses, and why; never carries key material, plaintext or ciphertext.
package enum CryptographyError: Error, Hashable, Sendable {
    /// No library at hand offers this.
    case unsupported(Unsupported)
    /// The algorithm does not belong to keys of this spec.
    case incompatible(algorithm: String, spec: KeySpec)
    /// The message type does not go with the algorithm, such as a digest for ED25519_SHA_512.
    case invalidMessageType(MessageType, SigningAlgorithm)
    /// A message given as a digest does not have the length of the algorithm's digest.
    case invalidDigestLength(SigningAlgorithm)
    /// The plaintext is longer than the key and algorithm can encrypt.
    case plaintextTooLong(EncryptionAlgorithm, KeySpec, bytesMax: Int)
    /// The ciphertext cannot be decrypted; the same for every cause, so that no caller learns which it was.
    case invalidCiphertext
    /// A peer's public key is not a SubjectPublicKeyInfo of the same curve, or not a point on it.
    case invalidPublicKey
    /// Key material is not of the form or the size that the key spec asks for.
    case invalidKeyMaterial
    /// A library call failed that only fails for want of memory or randomness.
    case libraryFailure(LibraryCall)
    /// A value was sealed under a version of the root key that this keyring does not hold.
    case unknownRootVersion(UInt32)
    /// The bytes of an unwrapped keyring are not a keyring of a known format.
    case malformedKeyring

    /// What is not on offer.
    package enum Unsupported: Hashable, Sendable {
        /// No library generates or uses such keys (ML-DSA-44).
        case keySpec(KeySpec)
        /// No library signs a message representative made by the caller (EXTERNAL_MU).
        case messageType(MessageType)
        /// Import under this wrapping key is not offered (SM2).
        case wrappingKeySpec(WrappingKeySpec)
        /// Import under this wrapping algorithm is not offered (RSAES_PKCS1_V1_5, SM2PKE).
        case wrappingAlgorithm(WrappingAlgorithm)
    }

    /// The kind of library call that failed.
    package enum LibraryCall: Hashable, Sendable {
        case keyGeneration
        case keyEncoding
        case signing
        case encryption
        case keyAgreement
        case authentication
        case keyDerivation
    }
}
