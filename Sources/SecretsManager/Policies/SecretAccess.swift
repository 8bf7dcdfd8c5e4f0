package import AWSProtocol
package import KMS
package import Operations
package import Storage

/// What an action on a secret is decided by, from the records alone; for questions about access.
package struct SecretAccess: Sendable {
    /// The permission for the action itself.
    package let requirement: Requirement
    /// What else it takes; nil for actions that touch no value, and for a secret without one.
    package let keyUse: KeyUse?

    /// The use of a key that Secrets Manager makes for whoever asks.
    package struct KeyUse: Sendable {
        package let action: String
        package let key: KeyReference
        package let encryptionContext: [String: String]
    }
}

extension SecretsManagerService {
    /// What is known of an action on the secret with an ARN; nil where there is no such secret.
    ///
    /// The version is the one of an id or a label, or the current one; `call` says where it would be asked.
    package static func access(
        _ action: String,
        to arn: ARN,
        version: String?,
        stage: String?,
        for call: Call,
        in store: any RecordStore
    ) async throws(SecretsManagerError) -> SecretAccess? {
        guard let secret = try await secret(try SecretID("\(arn)", for: call), in: store) else { return nil }
        let snapshot = try SecretSnapshot(secret: secret, version: 0)
        let use: SecretAccess.KeyUse?
        switch action.lowercased() {
        case "secretsmanager:getsecretvalue":
            use = try await reading(secret, VersionSelector(id: version, stage: stage), in: store)
        case "secretsmanager:putsecretvalue": use = try writing(secret, for: call)
        default: use = nil
        }
        return SecretAccess(
            requirement: Requirement(
                action,
                on: snapshot.protected,
                conditions: SecretConditions(secret, text: nil),
                allowsOtherAccounts: true
            ),
            keyUse: use
        )
    }

    private static func secret(
        _ id: SecretID,
        in store: any RecordStore
    ) async throws(SecretsManagerError) -> Secret? {
        for candidate in id.candidates {
            let record = try await storing { () async throws(StorageError) in
                try await store.read(candidate.locator.recordKey)
            }
            guard let record else { continue }
            let secret = try RecordCodec.decode(Secret.self, from: record)
            if candidate.suffix == nil || candidate.suffix == secret.suffix { return secret }
        }
        return nil
    }

    /// The key that opens a version.
    private static func reading(
        _ secret: Secret,
        _ selector: VersionSelector,
        in store: any RecordStore
    ) async throws(SecretsManagerError) -> SecretAccess.KeyUse? {
        let version = try secret.version(selector)
        let record = try await storing { () async throws(StorageError) in
            try await store.read(secret.valueKey(of: version.id))
        }
        guard let record, let id = try RecordCodec.decode(SealedValue.self, from: record).keyID else {
            return nil
        }
        return SecretAccess.KeyUse(
            action: Decrypt.action,
            key: .ciphertext(KeyLocator(secret.locator.region, id)),
            encryptionContext: ["SecretARN": secret.arn, "SecretVersionId": version.id]
        )
    }

    /// The key that a new version is encrypted under, whose id is not known yet.
    private static func writing(
        _ secret: Secret,
        for call: Call
    ) throws(SecretsManagerError) -> SecretAccess.KeyUse {
        do throws(KMSError) {
            return SecretAccess.KeyUse(
                action: GenerateDataKey.action,
                key: try KeyReference(secret.absoluteKeyID, for: call),
                encryptionContext: ["SecretARN": secret.arn]
            )
        } catch {
            throw .encryptionFailure
        }
    }
}
