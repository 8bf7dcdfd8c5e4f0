import Operations
import Storage

extension SecretsManagerService {
    /// The labelled versions that the caller can read, encrypted under the key that the secret is to have.
    func sealedAnew(
        _ resolved: ResolvedSecret,
        under future: Secret,
        _ call: Call
    ) async throws(SecretsManagerError) -> [String: SealedValue] {
        var sealed: [String: SealedValue] = [:]
        for version in resolved.secret.versions where !version.isDeprecated && version.hasValue {
            let value: SecretValue
            do throws(SecretsManagerError) {
                value = try await reveal(version.id, of: resolved, for: call)
            } catch .keyDenied {
                // The version stays as it is: who may not read it may still choose the key of new ones.
                continue
            } catch .decryptionFailure {
                // Its old key cannot be used; the secret shall not depend on that key for new versions.
                continue
            }
            sealed[version.id] = try await seal(value, of: version.id, for: future, call)
        }
        return sealed
    }
}

extension Secret {
    /// Notes the present key for versions that were encrypted under it anew, and gives the writes of their values.
    mutating func replaceValues(by anew: [String: SealedValue]) throws(SecretsManagerError) -> [Write] {
        var writes: [Write] = []
        for index in versions.indices {
            let id = versions[index].id
            guard let value = anew[id] else { continue }
            versions[index].kmsKeyID = kmsKeyID
            writes.append(.put(valueKey(of: id), try RecordCodec.encode(value), expecting: .any))
        }
        return writes
    }
}
