/// How Encrypt and Decrypt transform the plaintext.
package enum EncryptionAlgorithm: String, CaseIterable, Codable, Hashable, Sendable {
    case symmetricDefault = "SYMMETRIC_DEFAULT"
    case rsaesOAEPSHA1 = "RSAES_OAEP_SHA_1"
    case rsaesOAEPSHA256 = "RSAES_OAEP_SHA_256"
    case sm2PKE = "SM2PKE"
}
