/// The kind of key pair under which key material is imported.
package enum WrappingKeySpec: String, CaseIterable, Codable, Hashable, Sendable {
    case rsa2048 = "RSA_2048"
    case rsa3072 = "RSA_3072"
    case rsa4096 = "RSA_4096"
    case sm2 = "SM2"

    /// The same kind as the spec of a key.
    var keySpec: KeySpec {
        switch self {
        case .rsa2048: .rsa2048
        case .rsa3072: .rsa3072
        case .rsa4096: .rsa4096
        case .sm2: .sm2
        }
    }
}
