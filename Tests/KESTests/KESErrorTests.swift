import KES
import Testing

/// What clients compare by value; the texts are those of KES's last release.
@Suite("KESError")
struct KESErrorTests {
    @Test(
        arguments: [
            (.notAllowed, 403, "not authorized: insufficient permissions"),
            (.keyMissing, 404, "key does not exist"),
            (.keyExists, 400, "key already exists"),
            (.decryptionFailed, 400, "decryption failed: ciphertext is not authentic"),
            (.policyMissing, 404, "policy does not exist"),
            (.identityMissing, 404, "identity does not exist"),
            (.secretMissing, 404, "secret does not exist"),
            (.secretVersionMissing, 404, "secret version does not exist"),
            (.enclaveMissing, 404, "enclave does not exist"),
            (.algorithmNotSupported(""), 406, "algorithm '' is not supported"),
            (.invalidKeySize("AES256"), 406, "invalid key size for 'AES256'"),
            (.invalidBody, 400, "invalid request body"),
            (.invalidImportBody, 400, "invalid import key request body"),
            (.storeFailed(.create), 502, "failed to create key"),
            (.storeFailed(.read), 502, "failed to read key"),
            (.storeFailed(.delete), 502, "failed to delete key"),
            (.storeFailed(.list), 502, "failed to list keys"),
            (.generationFailed, 500, "failed to generate encryption key"),
            (.encryptionFailed, 500, "failed to encrypt plaintext"),
            (.insecureConnection, 400, "insecure connection: TLS is required"),
            (.clientCertificatesSeveral, 400, "tls: received more than one client certificate"),
            (.clientCertificateMissing, 400, "tls: client certificate is required"),
            (.storeUnreachable, 504, "key store is not reachable"),
            (.storeUnavailable, 502, "key store is unavailable"),
            (.wrongMethod(received: "GET", expected: "PUT"), 405, "received method 'GET' expected 'PUT'"),
            (.tooManyCiphertexts, 400, "too many ciphertexts"),
            (.notFound, 404, "404 page not found"),
        ] as [(KESError, Int, String)]
    )
    func `has the status and the text of KES`(_ error: KESError, _ status: Int, _ message: String) {
        #expect(error.status == status)
        #expect(error.message == message)
    }
}
