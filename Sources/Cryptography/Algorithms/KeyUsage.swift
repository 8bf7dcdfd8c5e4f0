/// What a key is made for; fixed when it is made.
package enum KeyUsage: String, CaseIterable, Codable, Hashable, Sendable {
    case signVerify = "SIGN_VERIFY"
    case encryptDecrypt = "ENCRYPT_DECRYPT"
    case generateVerifyMAC = "GENERATE_VERIFY_MAC"
    case keyAgreement = "KEY_AGREEMENT"
}
