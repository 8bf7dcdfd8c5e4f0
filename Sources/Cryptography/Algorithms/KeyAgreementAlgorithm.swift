/// How DeriveSharedSecret agrees on a secret.
package enum KeyAgreementAlgorithm: String, CaseIterable, Codable, Hashable, Sendable {
    /// The x-coordinate of the shared point, unhashed (SP 800-56A, 5.7.1.2).
    case ecdh = "ECDH"
}
