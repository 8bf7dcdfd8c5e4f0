/// Everything that a request is refused for, with the status and the text that clients compare.
///
/// Clients of KES match both by value, so the texts are part of the contract (reference: kms-go's error
/// table). No case carries anything secret.
package enum KESError: Error, Hashable, Sendable {
    /// What a key store was asked to do when it failed.
    package enum StoreCall: String, Sendable {
        case create = "create key"
        case read = "read key"
        case delete = "delete key"
        case list = "list keys"
    }

    // Who may.
    case notAllowed
    case insecureConnection
    case clientCertificateMissing
    case clientCertificatesSeveral

    // Names.
    case invalidName(KESName.Kind, String)
    case invalidPattern(String)

    // What there is.
    case keyMissing
    case keyExists
    case policyMissing
    case identityMissing
    case secretMissing
    case secretVersionMissing
    case enclaveMissing

    // Requests.
    case wrongMethod(received: String, expected: String)
    case notFound
    case invalidBody
    case invalidImportBody
    case algorithmNotSupported(String)
    case invalidKeySize(String)
    case tooManyCiphertexts

    // Cryptography.
    case decryptionFailed
    case generationFailed
    case encryptionFailed

    // The key store.
    case storeFailed(StoreCall)
    case storeUnreachable
    case storeUnavailable
}

extension KESError {
    package var status: Int {
        switch self {
        case .notAllowed: 403
        case .keyMissing, .policyMissing, .identityMissing, .secretMissing, .secretVersionMissing,
            .enclaveMissing, .notFound:
            404
        case .wrongMethod: 405
        case .algorithmNotSupported, .invalidKeySize: 406
        case .insecureConnection, .clientCertificateMissing, .clientCertificatesSeveral, .invalidName,
            .invalidPattern, .keyExists, .invalidBody, .invalidImportBody, .tooManyCiphertexts,
            .decryptionFailed:
            400
        case .generationFailed, .encryptionFailed: 500
        case .storeFailed, .storeUnavailable: 502
        case .storeUnreachable: 504
        }
    }

    package var message: String {
        switch self {
        case .notAllowed: "not authorized: insufficient permissions"
        case .insecureConnection: "insecure connection: TLS is required"
        case .clientCertificateMissing: "tls: client certificate is required"
        case .clientCertificatesSeveral: "tls: received more than one client certificate"
        case .invalidName(let kind, let name):
            "\(kind.rawValue) name '\(name)' is empty, too long or contains invalid characters"
        case .invalidPattern(let pattern):
            "listing pattern '\(pattern)' is empty, too long or is invalid"
        case .keyMissing: "key does not exist"
        case .keyExists: "key already exists"
        case .policyMissing: "policy does not exist"
        case .identityMissing: "identity does not exist"
        case .secretMissing: "secret does not exist"
        case .secretVersionMissing: "secret version does not exist"
        case .enclaveMissing: "enclave does not exist"
        case .wrongMethod(let received, let expected):
            "received method '\(received)' expected '\(expected)'"
        case .notFound: "404 page not found"
        case .invalidBody: "invalid request body"
        case .invalidImportBody: "invalid import key request body"
        case .algorithmNotSupported(let name): "algorithm '\(name)' is not supported"
        case .invalidKeySize(let name): "invalid key size for '\(name)'"
        case .tooManyCiphertexts: "too many ciphertexts"
        case .decryptionFailed: "decryption failed: ciphertext is not authentic"
        case .generationFailed: "failed to generate encryption key"
        case .encryptionFailed: "failed to encrypt plaintext"
        case .storeFailed(let call): "failed to \(call.rawValue)"
        case .storeUnreachable: "key store is not reachable"
        case .storeUnavailable: "key store is unavailable"
        }
    }
}
