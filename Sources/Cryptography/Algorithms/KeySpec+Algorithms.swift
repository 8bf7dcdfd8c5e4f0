extension KeySpec {
    /// What a key of this spec may be made for; a key has exactly one of them, for life.
    package var allowedUsages: [KeyUsage] {
        switch self {
        case .symmetricDefault: [.encryptDecrypt]
        case .rsa2048, .rsa3072, .rsa4096: [.encryptDecrypt, .signVerify]
        case .nistP256, .nistP384, .nistP521: [.signVerify, .keyAgreement]
        case .secp256k1, .edwards25519, .mlDSA44, .mlDSA65, .mlDSA87: [.signVerify]
        case .hmac224, .hmac256, .hmac384, .hmac512: [.generateVerifyMAC]
        // AWS also has SM2 keys for key agreement; libcrypto 3.0 offers no plain ECDH on that curve.
        case .sm2: [.encryptDecrypt, .signVerify]
        }
    }

    /// The usage of a key made without naming one; nil where CreateKey insists that it be named.
    package var defaultUsage: KeyUsage? { isSymmetricEncryption ? .encryptDecrypt : nil }

    /// The signing algorithms of a key made for signing, in AWS's order.
    package var signingAlgorithms: [SigningAlgorithm] {
        switch self {
        case .rsa2048, .rsa3072, .rsa4096:
            [
                .rsassaPKCS1v15SHA256, .rsassaPKCS1v15SHA384, .rsassaPKCS1v15SHA512,
                .rsassaPSSSHA256, .rsassaPSSSHA384, .rsassaPSSSHA512,
            ]
        case .nistP256, .secp256k1: [.ecdsaSHA256]
        case .nistP384: [.ecdsaSHA384]
        case .nistP521: [.ecdsaSHA512]
        case .edwards25519: [.ed25519SHA512, .ed25519phSHA512]
        case .mlDSA44, .mlDSA65, .mlDSA87: [.mlDSAShake256]
        case .sm2: [.sm2DSA]
        case .symmetricDefault, .hmac224, .hmac256, .hmac384, .hmac512: []
        }
    }

    /// The encryption algorithms of a key made for encryption.
    package var encryptionAlgorithms: [EncryptionAlgorithm] {
        switch self {
        case .symmetricDefault: [.symmetricDefault]
        case .rsa2048, .rsa3072, .rsa4096: [.rsaesOAEPSHA1, .rsaesOAEPSHA256]
        case .sm2: [.sm2PKE]
        default: []
        }
    }

    /// The MAC algorithm of an HMAC key: exactly the one of the spec's own size.
    package var macAlgorithms: [MACAlgorithm] {
        switch self {
        case .hmac224: [.hmacSHA224]
        case .hmac256: [.hmacSHA256]
        case .hmac384: [.hmacSHA384]
        case .hmac512: [.hmacSHA512]
        default: []
        }
    }

    /// The key agreement algorithms of a key made for key agreement.
    package var keyAgreementAlgorithms: [KeyAgreementAlgorithm] {
        allowedUsages.contains(.keyAgreement) ? [.ecdh] : []
    }

    /// The longest plaintext, in bytes, that one Encrypt call takes; nil where the pair is incompatible.
    ///
    /// RSA: modulus − 2 × hash − 2 bytes (RFC 8017, 7.1.1), which gives AWS's 214/190, 342/318, 470/446. SM2:
    /// AWS's limit. Symmetric: 4096.
    package func plaintextBytesMax(_ algorithm: EncryptionAlgorithm) -> Int? {
        guard encryptionAlgorithms.contains(algorithm) else { return nil }
        return switch algorithm {
        case .symmetricDefault: 4096
        case .sm2PKE: 1024
        case .rsaesOAEPSHA1: modulusBitCount.map { $0 / 8 - 2 * 20 - 2 }
        case .rsaesOAEPSHA256: modulusBitCount.map { $0 / 8 - 2 * 32 - 2 }
        }
    }
}

extension KeySpec {
    /// Refuses a signing algorithm that keys of this spec do not have.
    func check(_ algorithm: SigningAlgorithm) throws(CryptographyError) {
        guard signingAlgorithms.contains(algorithm) else {
            throw .incompatible(algorithm: algorithm.rawValue, spec: self)
        }
    }
}

extension Array<UInt8> {
    /// Gives the bytes to `body`; what the standard library's `withUnsafeBytes` is, with typed errors.
    func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try span.bytes.withUnsafeBytes(body)
    }
}
