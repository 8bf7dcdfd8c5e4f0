// AWS's algorithm names in libcrypto's terms.

extension SigningAlgorithm {
    /// The hash of a raw message; nil for SM2, whose message digest depends on the key, and for other
    /// libraries'.
    var hash: SignatureHash? {
        switch self {
        case .rsassaPSSSHA256, .rsassaPKCS1v15SHA256, .ecdsaSHA256: .sha256
        case .rsassaPSSSHA384, .rsassaPKCS1v15SHA384, .ecdsaSHA384: .sha384
        case .rsassaPSSSHA512, .rsassaPKCS1v15SHA512, .ecdsaSHA512: .sha512
        case .sm2DSA, .mlDSAShake256, .ed25519SHA512, .ed25519phSHA512: nil
        }
    }

    /// The scheme; nil where another library signs.
    var libcryptoScheme: LibcryptoKey.SignatureScheme? {
        switch self {
        case .rsassaPKCS1v15SHA256: .rsaPKCS1v15(.sha256)
        case .rsassaPKCS1v15SHA384: .rsaPKCS1v15(.sha384)
        case .rsassaPKCS1v15SHA512: .rsaPKCS1v15(.sha512)
        // AWS: the salt is as long as the hash.
        case .rsassaPSSSHA256: .rsaPSS(.sha256, saltByteCount: 32)
        case .rsassaPSSSHA384: .rsaPSS(.sha384, saltByteCount: 48)
        case .rsassaPSSSHA512: .rsaPSS(.sha512, saltByteCount: 64)
        case .ecdsaSHA256, .ecdsaSHA384, .ecdsaSHA512: .ecdsa
        case .sm2DSA: .sm2
        case .mlDSAShake256, .ed25519SHA512, .ed25519phSHA512: nil
        }
    }
}

extension EncryptionAlgorithm {
    /// The scheme; nil for symmetric encryption, which is the envelope's.
    var libcryptoScheme: LibcryptoKey.EncryptionScheme? {
        switch self {
        case .symmetricDefault: nil
        case .rsaesOAEPSHA1: .oaepSHA1
        case .rsaesOAEPSHA256: .oaepSHA256
        case .sm2PKE: .sm2
        }
    }
}
