package import Cryptography

/// What a key encrypts with, and its many names.
package enum KeyAlgorithm: Hashable, Sendable {
    case aes256
    case chaCha20

    package var cipher: SplitNonceCipher {
        switch self {
        case .aes256: .aes256
        case .chaCha20: .chaCha20
        }
    }

    /// The name that the API shows.
    package var name: String {
        switch self {
        case .aes256: "AES256"
        case .chaCha20: "ChaCha20"
        }
    }

    /// Reads the names that import requests, stored keys and ciphertexts since 2022 use.
    package init?(name: String) {
        switch name {
        case "AES256", "AES256-GCM_SHA256": self = .aes256
        case "ChaCha20", "XCHACHA20-POLY1305": self = .chaCha20
        default: return nil
        }
    }
}
