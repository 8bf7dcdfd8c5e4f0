import Cryptography
import Operations

/// Bytes an encryption context may have, its length prefixes counted.
private let encryptionContextBytesMax = 8192

/// Members that many KMS requests share, as checked types.
extension Input {
    /// A member whose shape is the enumeration of a type's raw values.
    func enumeration<Value: RawRepresentable<String>>(_ name: String, as type: Value.Type = Value.self)
        -> Value?
    {
        guard let text = string(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            preconditionFailure("the shape of \(name) names a value that \(Value.self) lacks")
        }
        return value
    }

    /// A required member whose shape is the enumeration of a type's raw values.
    func requiredEnumeration<Value: RawRepresentable<String>>(_ name: String) -> Value {
        guard let value: Value = enumeration(name) else {
            preconditionFailure("\(name) is not declared as required")
        }
        return value
    }

    /// The encryption context in a member; empty when the caller sent none.
    ///
    /// - Throws: `.validation` when it is larger than KMS takes.
    func encryptionContext(_ name: String = "EncryptionContext") throws(KMSError) -> EncryptionContext {
        guard let pairs = map(name), !pairs.isEmpty else { return .empty }
        let context = EncryptionContext(pairs)
        guard context.byteCount <= encryptionContextBytesMax else {
            throw .validation(
                "The encryption context is larger than \(encryptionContextBytesMax) bytes."
            )
        }
        return context
    }

    /// Refuses an attestation document: enclaves of AWS are not part of this deployment.
    func refuseRecipient() throws(KMSError) {
        guard structure("Recipient") == nil else {
            throw .unsupported("Recipient attestation is not supported by this deployment.")
        }
    }

    /// The material id in a member.
    func materialID(_ name: String = "KeyMaterialId") -> KeyMaterialID? {
        string(name).flatMap { KeyMaterialID($0) }
    }
}
