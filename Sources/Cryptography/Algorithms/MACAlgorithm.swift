/// HMAC (FIPS 198-1) with its hash function.
package enum MACAlgorithm: String, CaseIterable, Codable, Hashable, Sendable {
    case hmacSHA224 = "HMAC_SHA_224"
    case hmacSHA256 = "HMAC_SHA_256"
    case hmacSHA384 = "HMAC_SHA_384"
    case hmacSHA512 = "HMAC_SHA_512"
}
