import AWSProtocol
import Operations
import Storage

/// A Region that a request wants a replica in.
package struct ReplicaRequest: Hashable, Sendable {
    let region: Region
    let kmsKeyID: String?

    /// The Regions of an `AddReplicaRegions` list.
    ///
    /// - Throws: `.invalidParameter` for a Region that is missing, given twice, or the secret's own.
    static func list(_ inputs: [Input], for call: Call) throws(SecretsManagerError) -> [ReplicaRequest] {
        var requests: [ReplicaRequest] = []
        for input in inputs {
            guard let region = input.string("Region").flatMap({ Region($0) }), region != call.region,
                !requests.contains(where: { $0.region == region })
            else { throw .invalidParameter("Invalid replica region.") }
            requests.append(
                ReplicaRequest(region: region, kmsKeyID: input.string("KmsKeyId").flatMap(KeyID.read))
            )
        }
        return requests
    }
}

/// The `KmsKeyId` of a request.
enum KeyID {
    /// The key that a text names; nil for the account's default key, by whichever of its names.
    static func read(_ text: String) -> String? {
        text.isEmpty || text == Secret.defaultKeyAlias || text.hasSuffix(":\(Secret.defaultKeyAlias)")
            ? nil : text
    }
}

extension SecretsManagerService {
    /// Adds replicas to a change of their primary; one that cannot be made is noted as failed.
    ///
    /// - Parameters:
    ///   - requests: where, and under which keys.
    ///   - change: the primary with all its versions.
    ///   - values: the values of its labelled versions, in the clear.
    ///   - overwriting: whether a secret of the same name there is replaced.
    ///   - call: whose permissions are used.
    /// - Throws: `.invalidParameter` for a Region that this deployment does not have.
    func addReplicas(
        _ requests: [ReplicaRequest],
        to change: inout SecretChange,
        values: [String: SecretValue],
        overwriting: Bool,
        for call: Call
    ) async throws(SecretsManagerError) {
        for request in requests where !regions.contains(request.region) {
            throw .invalidParameter("Invalid replica region.")
        }
        if !requests.isEmpty { change.secret.primaryRegion = change.secret.locator.region }
        for request in requests {
            var replica = Replica(region: request.region, kmsKeyID: request.kmsKeyID, status: .inSync)
            do throws(SecretsManagerError) {
                try await add(replica, to: &change, values, overwriting, call)
            } catch {
                guard error.concernsOneRecord else { throw error }
                change.replicas[request.region] = nil
                replica.status = .failed
                replica.message = error.replicationMessage
            }
            change.secret.note(replica)
        }
    }

    private func add(
        _ replica: Replica,
        to change: inout SecretChange,
        _ values: [String: SecretValue],
        _ overwriting: Bool,
        _ call: Call
    ) async throws(SecretsManagerError) {
        let secret = change.secret
        var twin = secret.twin(in: replica)
        let found = try await read(twin.locator)
        if let (existing, version) = found {
            // A replica that failed is made once more.
            let isOwn = existing.suffix == secret.suffix && existing.primaryRegion == secret.locator.region
            guard isOwn || overwriting && existing.primaryRegion == nil else {
                throw .invalidRequest(
                    "Secret name \(secret.locator.name) already exists in region \(replica.region)."
                )
            }
            change.replaced[twin.locator] = (existing, version)
        }
        var sealed: [(String, SealedValue)] = []
        for version in secret.versions {
            guard let value = values[version.id] else { continue }
            sealed.append((version.id, try await seal(value, of: version.id, for: twin, call)))
            var copy = SecretVersion(
                id: version.id,
                createdAt: version.createdAt,
                kmsKeyID: replica.kmsKeyID
            )
            copy.stages = version.stages
            twin.versions.append(copy)
        }
        for (id, value) in sealed {
            change.write(.put(twin.valueKey(of: id), try RecordCodec.encode(value), expecting: .any))
        }
        change.replicas[replica.region] = twin
    }

    /// The values of all labelled versions, in the clear.
    func labelledValues(
        of resolved: ResolvedSecret,
        for call: Call
    ) async throws(SecretsManagerError) -> [String: SecretValue] {
        var values: [String: SecretValue] = [:]
        for version in resolved.secret.versions where !version.isDeprecated && version.hasValue {
            values[version.id] = try await reveal(version.id, of: resolved, for: call)
        }
        return values
    }
}

extension OutputWriter {
    /// The state of a primary's replicas; nothing for a secret of one Region.
    mutating func replicationStatus(_ secret: Secret) {
        guard !secret.replicas.isEmpty else { return }
        objects("ReplicationStatus", secret.replicas) { output, replica in
            output.string("Region", replica.region.description)
            output.string("KmsKeyId", replica.kmsKeyID ?? Secret.defaultKeyAlias)
            output.string("Status", replica.status.rawValue)
            output.string("StatusMessage", replica.message)
        }
    }
}
