import Operations

/// Members that many requests share, as checked types.
extension Input {
    /// The secret that `SecretId` names.
    func secretID(for call: Call) throws(SecretsManagerError) -> SecretID {
        try SecretID(requiredString("SecretId"), for: call)
    }

    /// The value in `SecretString` or `SecretBinary`; nil when the caller sent none.
    ///
    /// - Throws: `.invalidParameter` for both at once, or too long a text.
    func secretValue() throws(SecretsManagerError) -> SecretValue? {
        switch (string("SecretString"), blob("SecretBinary")) {
        case (nil, nil): return nil
        case (let text?, nil):
            let bytes = Array(text.utf8)
            guard bytes.count <= SecretValue.bytesMax else {
                throw .invalidParameter(
                    "The secret value can't be larger than \(SecretValue.bytesMax) bytes."
                )
            }
            return SecretValue(.string, bytes)
        case (nil, let bytes?): return SecretValue(.binary, bytes)
        default: throw .invalidParameter("You can't specify both SecretString and SecretBinary.")
        }
    }

    /// Refuses the kinds of secrets that software partners manage: this deployment has none.
    func refuseType() throws(SecretsManagerError) {
        guard (string("Type") ?? "").isEmpty else {
            throw .invalidParameter("Managed external secrets are not supported by this deployment.")
        }
    }
}

extension SecretValue {
    /// Bytes a value may have (Secrets Manager User Guide, "Quotas").
    static let bytesMax = 65_536
}
