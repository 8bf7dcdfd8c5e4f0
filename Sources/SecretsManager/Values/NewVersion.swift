import AWSProtocol
import Authorization
import KMS
import Operations
import Storage

import struct Foundation.Date

/// A version on its way into a secret and its replicas: sealed, not yet in the store.
struct NewVersion {
    /// What a replica gets of it.
    enum Copy {
        case sealed(SealedValue)
        /// The replica cannot have it, for a reason that its status tells.
        case failed(String)
    }

    let version: SecretVersion
    let value: SealedValue
    /// By Region, with the key that each replica had when the copy was sealed.
    var copies: [Region: (key: String?, copy: Copy)] = [:]
}

extension SecretsManagerService {
    /// Encrypts a value for a version of a secret under the secret's key.
    func seal(
        _ value: SecretValue,
        of version: String,
        for secret: Secret,
        _ call: Call
    ) async throws(SecretsManagerError) -> SealedValue {
        let dataKey = try await keys.dataKey(
            under: secret.absoluteKeyID,
            for: secret.arn,
            version: version,
            in: secret.locator.region,
            for: call
        )
        return try SealedValue(
            value,
            of: version,
            under: dataKey.plaintext,
            wrapped: dataKey.ciphertext
        )
    }

    /// Encrypts a value for a new version of a secret and for each of its replicas.
    func prepare(
        _ value: SecretValue,
        as id: String,
        for secret: Secret,
        _ call: Call
    ) async throws(SecretsManagerError) -> NewVersion {
        var new = NewVersion(
            version: SecretVersion(id: id, createdAt: call.storedNow, kmsKeyID: secret.kmsKeyID),
            value: try await seal(value, of: id, for: secret, call)
        )
        for replica in secret.replicas {
            let twin = secret.twin(in: replica)
            do throws(SecretsManagerError) {
                let sealed = try await seal(value, of: id, for: twin, call)
                new.copies[replica.region] = (replica.kmsKeyID, .sealed(sealed))
            } catch {
                guard error.concernsOneRecord else { throw error }
                new.copies[replica.region] = (replica.kmsKeyID, .failed(error.replicationMessage))
            }
        }
        return new
    }

    /// The value of a version in the clear, with the caller's own permission to use the key, which `call` asks KMS for.
    ///
    /// - Throws: `.valueNotFound` for a version that has none.
    func reveal(
        _ resolved: ResolvedSecret,
        _ version: SecretVersion,
        for call: Call
    ) throws(SecretsManagerError) -> SecretValue {
        guard let sealed = resolved.value else { throw .valueNotFound(.id(version.id)) }
        guard version.kmsKeyID != nil || call.caller.account == resolved.protected.account.description else {
            throw .defaultKeyAcrossAccounts
        }
        let dataKey = try keys.open(
            sealed,
            with: resolved.key,
            of: resolved.arn,
            version: version.id,
            for: call
        )
        return try sealed.open(of: version.id, under: dataKey)
    }

    /// The value of a version that has to be read first.
    func reveal(
        _ id: String,
        of resolved: ResolvedSecret,
        for call: Call
    ) async throws(SecretsManagerError) -> SecretValue {
        guard let version = resolved.secret.version(id) else { throw .valueNotFound(.id(id)) }
        let found = try await resolve(resolved.snapshot, id, text: resolved.text, for: call)
        return try reveal(found, version, for: call.delegated(by: Self.eventSource))
    }
}

extension SecretChange {
    /// Adds a version that was sealed for the secret as it was then.
    ///
    /// A rotation that the new version overtakes is given up.
    /// - Throws: `.superseded` when keys or replicas are others now, or the version is there already.
    mutating func add(
        _ new: NewVersion,
        labelled stages: [String],
        at now: Date
    ) throws(SecretsManagerError) {
        guard secret.kmsKeyID == new.version.kmsKeyID, secret.version(new.version.id)?.hasValue != true,
            secret.replicas.count == new.copies.count,
            secret.replicas.allSatisfy({ replica in
                new.copies[replica.region].map { $0.key == replica.kmsKeyID } ?? false
            })
        else { throw .superseded }
        let id = new.version.id
        try secret.add(new.version, labelled: stages)
        secret.changedAt = now
        write(.put(secret.valueKey(of: id), try RecordCodec.encode(new.value), expecting: .any))
        for index in secret.replicas.indices {
            let region = secret.replicas[index].region
            guard let copy = new.copies[region]?.copy, var replica = replicas[region] else { continue }
            switch copy {
            case .sealed(let value):
                replica.versions.append(
                    SecretVersion(id: id, createdAt: now, kmsKeyID: replica.kmsKeyID)
                )
                write(.put(replica.valueKey(of: id), try RecordCodec.encode(value), expecting: .any))
                replicas[region] = replica
            case .failed(let message): secret.replicas[index].message = message
            }
        }
        if stages.contains(Stage.current) { try secret.rotation?.noteNewValue(at: now) }
        try abandonOvertakenRotation(at: now)
        try secret.collectVersions(at: now)
        updateReplicas()
    }
}
