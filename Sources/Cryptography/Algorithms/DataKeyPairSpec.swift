/// The kinds of key pair that GenerateDataKeyPair makes.
package enum DataKeyPairSpec: String, CaseIterable, Codable, Hashable, Sendable {
    case rsa2048 = "RSA_2048"
    case rsa3072 = "RSA_3072"
    case rsa4096 = "RSA_4096"
    case nistP256 = "ECC_NIST_P256"
    case nistP384 = "ECC_NIST_P384"
    case nistP521 = "ECC_NIST_P521"
    case secp256k1 = "ECC_SECG_P256K1"
    case sm2 = "SM2"
    case edwards25519 = "ECC_NIST_EDWARDS25519"

    /// The same kind as the spec of a key.
    package var keySpec: KeySpec {
        switch self {
        case .rsa2048: .rsa2048
        case .rsa3072: .rsa3072
        case .rsa4096: .rsa4096
        case .nistP256: .nistP256
        case .nistP384: .nistP384
        case .nistP521: .nistP521
        case .secp256k1: .secp256k1
        case .sm2: .sm2
        case .edwards25519: .edwards25519
        }
    }
}
