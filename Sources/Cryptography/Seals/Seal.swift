/// What keeps the root keyring while the server is down: a key file, a passphrase, an HSM, another KMS.
package protocol Seal: Sendable {
    /// The kind's short name, written beside what it wrapped: `file`, `passphrase`, `pkcs11`, `kms`.
    var kind: String { get }

    /// Encrypts the serialised keyring of a deployment.
    ///
    /// - Throws: `.unavailable` when the keeper of the key cannot be reached, `.denied` when it refuses.
    func wrap(
        _ keyring: borrowing SecretBytes,
        for deployment: DeploymentID
    ) async throws(SealError) -> [UInt8]

    /// Decrypts what ``wrap(_:for:)`` gave; keyrings of earlier releases, which only key files sealed, name
    /// no deployment.
    ///
    /// - Throws: `.refused` when the bytes do not open under this seal's key, `.malformed` when they are not
    ///   of this seal's form, `.unavailable` when the keeper of the key cannot be reached, `.denied` when it
    ///   refuses.
    func unwrap(
        _ wrapped: [UInt8],
        for deployment: DeploymentID?
    ) async throws(SealError) -> SecretBytes
}

/// Why a seal did not wrap or unwrap.
package enum SealError: Error, Equatable {
    /// The bytes do not open: another key wrapped them, or they were changed.
    case refused
    /// The bytes are not of the form that this seal writes.
    case malformed
    /// The keeper of the key cannot be reached or does not answer; the reason is for the log.
    case unavailable(reason: String)
    /// The keeper of the key answers and refuses: a wrong PIN, no permission, no such key. Trying again does
    /// not help, and may lock a token.
    case denied(reason: String)
    /// The seal's own file is missing, damaged or open to others.
    case file(FileFailure)
}

extension SealError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused:
            "the seal's key does not open the keyring: it is another key, or the keyring was changed"
        case .malformed: "the keyring is not of the form that this seal writes"
        case .unavailable(let reason): "the seal is unavailable: \(reason)"
        case .denied(let reason): "the seal refuses: \(reason)"
        case .file(let failure): failure.description
        }
    }
}
