import Authorization
import Cryptography
import Operations

/// What Sign and Verify have in common.
package struct SigningRequest: Sendable {
    let key: KeyReference
    let message: [UInt8]
    let messageType: MessageType
    let algorithm: SigningAlgorithm
    let options: CryptographicOptions

    init(_ input: Input, for call: Call) throws(KMSError) {
        key = try KeyReference(input.requiredString("KeyId"), for: call)
        message = input.requiredBlob("Message")
        messageType = input.enumeration("MessageType") ?? .raw
        algorithm = input.requiredEnumeration("SigningAlgorithm")
        options = CryptographicOptions(input)
    }

    static let members: [Member] =
        [
            .required("KeyId", .keyID),
            .required("Message", .plaintext),
            .optional("MessageType", .messageType),
            .required("SigningAlgorithm", .signingAlgorithm),
        ] + CryptographicOptions.members

    /// The permission both operations need, by their own action.
    func requirement(_ action: String, on key: ResolvedKey, for call: Call) -> Requirement {
        let (algorithm, messageType) = (algorithm, messageType)
        return key.requirement(
            action,
            for: call,
            fromOtherAccounts: true,
            own: { condition in
                switch condition.name {
                case "kms:signingalgorithm": .single(algorithm.rawValue)
                case "kms:messagetype": .single(messageType.rawValue)
                default: nil
                }
            }
        )
    }

    /// The key that signs, once everything about the request suits it.
    func signer(_ key: ResolvedKey, for operation: String, in call: Call) throws(KMSError) -> AsymmetricKey {
        try key.require(.signVerify, for: operation, at: call.now)
        guard key.key.spec.signingAlgorithms.contains(algorithm) else {
            throw .incompatible(algorithm: algorithm.rawValue, key.key.spec)
        }
        do throws(CryptographyError) {
            try algorithm.check(messageByteCount: message.count, type: messageType)
        } catch {
            throw .validation(refusal(error))
        }
        guard let signer = key.snapshot.asymmetric else { throw .pendingImport(key.arn) }
        return signer
    }

    private func refusal(_ error: CryptographyError) -> String {
        switch error {
        case .invalidDigestLength: "Digest is invalid length for algorithm \(algorithm.rawValue)."
        case .unsupported:
            "MessageType \(messageType.rawValue) is not supported by this deployment: "
                + "no cryptographic library at hand signs a message representative."
        default: "MessageType \(messageType.rawValue) is not valid for algorithm \(algorithm.rawValue)."
        }
    }
}
