import Cryptography

extension KeySpec {
    /// The three types of key that an alias never crosses.
    enum Kind: String {
        case symmetric = "SYMMETRIC"
        case asymmetric = "ASYMMETRIC"
        case hmac = "HMAC"
    }

    var kind: Kind {
        if isSymmetricEncryption { return .symmetric }
        return isHMAC ? .hmac : .asymmetric
    }
}
