/// The kind and size of a key, by AWS's names.
///
/// Source: AWS KMS Developer Guide, "Key spec reference"; the `KeySpec` shape of the service model.
package enum KeySpec: String, CaseIterable, Codable, Hashable, Sendable {
    case symmetricDefault = "SYMMETRIC_DEFAULT"
    case rsa2048 = "RSA_2048"
    case rsa3072 = "RSA_3072"
    case rsa4096 = "RSA_4096"
    case nistP256 = "ECC_NIST_P256"
    case nistP384 = "ECC_NIST_P384"
    case nistP521 = "ECC_NIST_P521"
    case secp256k1 = "ECC_SECG_P256K1"
    case edwards25519 = "ECC_NIST_EDWARDS25519"
    case mlDSA44 = "ML_DSA_44"
    case mlDSA65 = "ML_DSA_65"
    case mlDSA87 = "ML_DSA_87"
    case hmac224 = "HMAC_224"
    case hmac256 = "HMAC_256"
    case hmac384 = "HMAC_384"
    case hmac512 = "HMAC_512"
    case sm2 = "SM2"
}

extension KeySpec {
    /// False for the specs no library at hand implements: swift-crypto 4.5 and libcrypto 3.0 lack ML-DSA-44.
    package var isSupported: Bool { self != .mlDSA44 }

    package var isSymmetricEncryption: Bool { self == .symmetricDefault }

    package var isHMAC: Bool {
        switch self {
        case .hmac224, .hmac256, .hmac384, .hmac512: true
        default: false
        }
    }

    package var isAsymmetric: Bool { !isSymmetricEncryption && !isHMAC }

    /// The length of the raw key of a symmetric spec; nil for asymmetric specs, whose keys are DER.
    ///
    /// Source: AWS KMS Developer Guide, "Importing key material": 32 bytes for AES-256, and for HMAC keys the
    /// number of bits in the spec's name.
    package var symmetricKeyByteCount: Int? {
        switch self {
        case .symmetricDefault, .hmac256: 32
        case .hmac224: 28
        case .hmac384: 48
        case .hmac512: 64
        default: nil
        }
    }

    /// The size of an RSA spec's modulus; nil for every other spec.
    package var modulusBitCount: Int? {
        switch self {
        case .rsa2048: 2048
        case .rsa3072: 3072
        case .rsa4096: 4096
        default: nil
        }
    }
}
