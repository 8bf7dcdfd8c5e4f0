import Authorization
import Cryptography
import Operations

/// What GenerateMac and VerifyMac have in common.
package struct MACRequest: Sendable {
    let key: KeyReference
    let message: [UInt8]
    let algorithm: MACAlgorithm
    let options: CryptographicOptions

    init(_ input: Input, for call: Call) throws(KMSError) {
        key = try KeyReference(input.requiredString("KeyId"), for: call)
        message = input.requiredBlob("Message")
        algorithm = input.requiredEnumeration("MacAlgorithm")
        options = CryptographicOptions(input)
    }

    static let members: [Member] =
        [
            .required("Message", .plaintext),
            .required("KeyId", .keyID),
            .required("MacAlgorithm", .macAlgorithm),
        ] + CryptographicOptions.members

    /// The permission both operations need, by their own action.
    func requirement(_ action: String, on key: ResolvedKey, for call: Call) -> Requirement {
        let algorithm = algorithm
        return key.requirement(
            action,
            for: call,
            fromOtherAccounts: true,
            own: { $0.name == "kms:macalgorithm" ? .single(algorithm.rawValue) : nil }
        )
    }

    /// The key that authenticates, once everything about the request suits it.
    func authenticator(
        _ key: ResolvedKey,
        for operation: String,
        in call: Call
    ) throws(KMSError) -> MACKey {
        try key.require(.generateVerifyMAC, for: operation, at: call.now)
        guard key.key.spec.macAlgorithms.contains(algorithm) else {
            throw .incompatible(algorithm: algorithm.rawValue, key.key.spec)
        }
        guard let mac = key.snapshot.mac else { throw .pendingImport(key.arn) }
        return mac
    }
}
