/// A signature scheme together with its hash function.
package enum SigningAlgorithm: String, CaseIterable, Codable, Hashable, Sendable {
    case rsassaPSSSHA256 = "RSASSA_PSS_SHA_256"
    case rsassaPSSSHA384 = "RSASSA_PSS_SHA_384"
    case rsassaPSSSHA512 = "RSASSA_PSS_SHA_512"
    case rsassaPKCS1v15SHA256 = "RSASSA_PKCS1_V1_5_SHA_256"
    case rsassaPKCS1v15SHA384 = "RSASSA_PKCS1_V1_5_SHA_384"
    case rsassaPKCS1v15SHA512 = "RSASSA_PKCS1_V1_5_SHA_512"
    case ecdsaSHA256 = "ECDSA_SHA_256"
    case ecdsaSHA384 = "ECDSA_SHA_384"
    case ecdsaSHA512 = "ECDSA_SHA_512"
    case sm2DSA = "SM2DSA"
    case mlDSAShake256 = "ML_DSA_SHAKE_256"
    case ed25519SHA512 = "ED25519_SHA_512"
    case ed25519phSHA512 = "ED25519_PH_SHA_512"
}

extension SigningAlgorithm {
    /// The length of a message given as a digest; nil where the algorithm takes no digest.
    package var digestByteCount: Int? {
        switch self {
        case .rsassaPSSSHA256, .rsassaPKCS1v15SHA256, .ecdsaSHA256, .sm2DSA: 32
        case .rsassaPSSSHA384, .rsassaPKCS1v15SHA384, .ecdsaSHA384: 48
        case .rsassaPSSSHA512, .rsassaPKCS1v15SHA512, .ecdsaSHA512, .ed25519phSHA512: 64
        case .ed25519SHA512, .mlDSAShake256: nil
        }
    }

    /// The message types that Sign and Verify take with this algorithm.
    ///
    /// Ed25519 hashes the message twice and so takes no digest; Ed25519ph takes nothing else, and hashes the
    /// digest again (FIPS 186-5, 7.8.1; AWS KMS API Reference, Sign).
    package var messageTypes: [MessageType] {
        switch self {
        case .ed25519SHA512: [.raw]
        case .ed25519phSHA512: [.digest]
        case .mlDSAShake256: [.raw, .externalMu]
        default: [.raw, .digest]
        }
    }

    /// Refuses a message whose type or length does not go with the algorithm.
    ///
    /// - Throws: `.invalidMessageType`, `.invalidDigestLength`, and `.unsupported` for a message
    ///   representative, which swift-crypto has no call to sign.
    package func check(messageByteCount: Int, type: MessageType) throws(CryptographyError) {
        guard messageTypes.contains(type) else { throw .invalidMessageType(type, self) }
        switch type {
        case .raw: break
        case .externalMu: throw .unsupported(.messageType(type))
        case .digest:
            guard messageByteCount == digestByteCount else { throw .invalidDigestLength(self) }
        }
    }
}
