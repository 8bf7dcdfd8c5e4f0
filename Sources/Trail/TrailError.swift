/// Why the audit trail could not be written, opened, read or believed.
package enum TrailError: Error, Equatable {
    /// The operating system refused: nothing was recorded, and the request must be refused.
    case unavailable(SystemFailure)
    /// Another writer holds the directory.
    case directoryInUse(String)
    /// A file does not say what its chain or its signature says it must.
    case tampered(TrailDamage)
    /// The directory's public key is not that of the signer given.
    case signerMismatch(String)
    /// The event holds a line break, is empty, or is longer than a record may be.
    case invalidEvent
    /// The writer was closed.
    case closed
    /// The bytes given as a signing key are not 32.
    case invalidSigningKey
    case signingFailed
    case invalidPublicKey
    case invalidHead
    /// The head was not signed by the key that is to verify the trail.
    case forgedHead
    /// The text is not that of a position, or the position is of another trail.
    case invalidPosition
}

extension TrailError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable(let failure): "the trail is not available: \(failure)"
        case .directoryInUse(let path): "the trail \(path) is in use by another process"
        case .tampered(let damage): "the trail is not intact: \(damage)"
        case .signerMismatch(let path): "\(path) is the public key of another signer"
        case .invalidEvent: "an audit event must be one non-empty line within the size limit"
        case .closed: "the trail is closed"
        case .invalidSigningKey: "a trail signing key must be 32 bytes"
        case .signingFailed: "the trail digest could not be signed"
        case .invalidPublicKey: "not a PEM public key of an Ed25519 trail signer"
        case .invalidHead: "not the text of a trail head"
        case .forgedHead: "the signature of the trail head is not of the given key"
        case .invalidPosition: "not a position in this trail"
        }
    }
}
