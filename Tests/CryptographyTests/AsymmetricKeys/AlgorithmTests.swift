import Testing

@testable import Cryptography

@Suite("Key specs and algorithms")
struct AlgorithmTests {
    @Test func `has every name of the service model`() {
        #expect(
            Set(KeySpec.allCases.map(\.rawValue)) == [
                "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
                "ECC_SECG_P256K1", "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2",
                "ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ECC_NIST_EDWARDS25519",
            ]
        )
        #expect(
            Set(SigningAlgorithm.allCases.map(\.rawValue)) == [
                "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512", "RSASSA_PKCS1_V1_5_SHA_256",
                "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512", "ECDSA_SHA_256", "ECDSA_SHA_384",
                "ECDSA_SHA_512", "SM2DSA", "ML_DSA_SHAKE_256", "ED25519_SHA_512", "ED25519_PH_SHA_512",
            ]
        )
        #expect(
            Set(DataKeyPairSpec.allCases.map(\.rawValue)) == [
                "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",
                "ECC_SECG_P256K1", "SM2", "ECC_NIST_EDWARDS25519",
            ]
        )
        #expect(
            Set(WrappingAlgorithm.allCases.map(\.rawValue)) == [
                "RSAES_PKCS1_V1_5", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1",
                "RSA_AES_KEY_WRAP_SHA_256", "SM2PKE",
            ]
        )
    }

    @Test(arguments: KeySpec.allCases)
    func `has an algorithm for every usage and none beside`(_ spec: KeySpec) {
        let usages = spec.allowedUsages
        #expect(!usages.isEmpty)
        #expect(spec.signingAlgorithms.isEmpty != usages.contains(.signVerify))
        #expect(spec.encryptionAlgorithms.isEmpty != usages.contains(.encryptDecrypt))
        #expect(spec.macAlgorithms.isEmpty != usages.contains(.generateVerifyMAC))
        #expect(spec.keyAgreementAlgorithms.isEmpty != usages.contains(.keyAgreement))
    }

    @Test(arguments: KeySpec.allCases)
    func `is symmetric, asymmetric or a MAC spec and only one of them`(_ spec: KeySpec) {
        #expect([spec.isSymmetricEncryption, spec.isHMAC, spec.isAsymmetric].count { $0 } == 1)
        #expect((spec.symmetricKeyByteCount == nil) == spec.isAsymmetric)
        #expect((spec.defaultUsage != nil) == (spec == .symmetricDefault))
    }

    @Test(arguments: [
        (KeySpec.rsa2048, EncryptionAlgorithm.rsaesOAEPSHA1, 214),
        (.rsa2048, .rsaesOAEPSHA256, 190),
        (.rsa3072, .rsaesOAEPSHA1, 342),
        (.rsa3072, .rsaesOAEPSHA256, 318),
        (.rsa4096, .rsaesOAEPSHA1, 470),
        (.rsa4096, .rsaesOAEPSHA256, 446),
        (.sm2, .sm2PKE, 1024),
        (.symmetricDefault, .symmetricDefault, 4096),
    ])
    func `has AWS's plaintext limits`(_ spec: KeySpec, _ algorithm: EncryptionAlgorithm, _ bytesMax: Int) {
        #expect(spec.plaintextBytesMax(algorithm) == bytesMax)
    }

    @Test func `has no plaintext limit for an incompatible pair`() {
        #expect(KeySpec.rsa2048.plaintextBytesMax(.symmetricDefault) == nil)
        #expect(KeySpec.nistP256.plaintextBytesMax(.rsaesOAEPSHA1) == nil)
    }

    @Test func `maps data key pair specs by name`() {
        for spec in DataKeyPairSpec.allCases { #expect(spec.keySpec.rawValue == spec.rawValue) }
        for spec in WrappingKeySpec.allCases { #expect(spec.keySpec.rawValue == spec.rawValue) }
    }
}
