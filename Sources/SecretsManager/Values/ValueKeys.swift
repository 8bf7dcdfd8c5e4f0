import AWSProtocol
import Cryptography
import KMS
import Operations

/// The KMS keys of secrets, used on behalf of whoever calls Secrets Manager.
///
/// Each use is one of KMS's own operations: it needs the caller's permission, with `kms:ViaService`, and has an
/// event in the trail. Source: Secrets Manager User Guide, "How Secrets Manager uses your KMS key".
struct ValueKeys: Sendable {
    let kms: KeyManagementService
    let frame: OperationFrame<KeyManagementService>

    /// A data key under a key that a secret names.
    ///
    /// - Throws: `.keyDenied`, or `.encryptionFailure` when the key cannot be used.
    func dataKey(
        under key: String,
        for secret: String,
        version: String,
        in region: Region,
        for call: Call
    ) async throws(SecretsManagerError) -> DataKey {
        let body = Self.object([
            ("KeyId", .string(JSONString(key))), ("KeySpec", .string(JSONString("AES_256"))),
            ("EncryptionContext", Self.context(secret, version)),
        ])
        do throws(WireError) {
            let delegated = call.delegated(by: SecretsManagerService.eventSource, in: region)
            return try await frame.perform(GenerateDataKey.self, body, for: delegated)
        } catch {
            throw SecretsManagerError(kms: error, otherwise: .encryptionFailure)
        }
    }

    /// The data key of a sealed value, which `call` asks KMS for.
    ///
    /// - Throws: `.keyDenied`, or `.decryptionFailure` when the key cannot be used.
    func open(
        _ value: SealedValue,
        with key: ResolvedKey?,
        of secret: String,
        version: String,
        for call: Call
    ) throws(SecretsManagerError) -> [UInt8] {
        guard let key, let wrapped = value.wrappedKey else { throw .decryptionFailure }
        let input = Input(
            of: Decrypt.input,
            [
                "CiphertextBlob": .blob(wrapped),
                "EncryptionContext": .map([("SecretARN", secret), ("SecretVersionId", version)]),
            ]
        )
        do throws(WireError) {
            return try frame.perform(Decrypt.self, on: [key], input, for: call).plaintext
        } catch {
            throw SecretsManagerError(kms: error, otherwise: .decryptionFailure)
        }
    }

    /// The key of a sealed value if it is in memory.
    ///
    /// - Returns: Nil when it must be loaded; a nil key when there is no such key.
    func resident(_ value: SealedValue, for call: Call) -> ResolvedKey?? {
        guard let id = value.keyID else { return .some(nil) }
        do throws(KMSError) {
            guard let key = try kms.resident(.ciphertext(KeyLocator(call.region, id)), for: call) else {
                return nil
            }
            return .some(key)
        } catch {
            return .some(nil)
        }
    }

    /// The key of a sealed value; nil when there is no such key.
    func load(_ value: SealedValue, for call: Call) async throws(SecretsManagerError) -> ResolvedKey? {
        guard let id = value.keyID else { return nil }
        do throws(KMSError) {
            return try await kms.load(.ciphertext(KeyLocator(call.region, id)), for: call)
        } catch {
            if case .storage(let failure) = error { throw .storage(failure) }
            return nil
        }
    }

    /// The encryption context of a version's data key.
    private static func context(_ secret: String, _ version: String) -> JSON {
        object([
            ("SecretARN", .string(JSONString(secret))), ("SecretVersionId", .string(JSONString(version))),
        ])
    }

    private static func object(_ members: [(String, JSON)]) -> JSON {
        .object(JSONObject(uniqueMembers: members.map { (key: JSONString($0.0), value: $0.1) }))
    }
}
