/// How key material is encrypted for its import.
package enum WrappingAlgorithm: String, CaseIterable, Codable, Hashable, Sendable {
    /// In the model, refused by AWS since October 2023, and here.
    case rsaesPKCS1v15 = "RSAES_PKCS1_V1_5"
    case rsaesOAEPSHA1 = "RSAES_OAEP_SHA_1"
    case rsaesOAEPSHA256 = "RSAES_OAEP_SHA_256"
    /// An AES-256 key under RSA-OAEP, and the material under that key by AES-KWP (RFC 5649).
    case rsaAESKeyWrapSHA1 = "RSA_AES_KEY_WRAP_SHA_1"
    case rsaAESKeyWrapSHA256 = "RSA_AES_KEY_WRAP_SHA_256"
    case sm2PKE = "SM2PKE"
}
