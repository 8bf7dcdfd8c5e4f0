import AWSProtocol

import struct Foundation.Date

extension Secret {
    /// The secret as a replica of it is to be, without versions.
    func twin(in replica: Replica) -> Secret {
        var twin = Secret(
            locator: locator.relocated(to: replica.region),
            suffix: suffix,
            createdAt: createdAt
        )
        twin.changedAt = changedAt
        twin.description = description
        twin.kmsKeyID = replica.kmsKeyID
        twin.tags = tags
        twin.policy = policy
        twin.primaryRegion = locator.region
        return twin
    }

    /// Replaces what is known of a replica, or adds it.
    mutating func note(_ replica: Replica) {
        if let index = replicas.firstIndex(where: { $0.region == replica.region }) {
            replicas[index] = replica
        } else {
            replicas.append(replica)
        }
    }
}

extension SecretsManagerError {
    /// What a replica's status says of the failure that kept it from having a version.
    var replicationMessage: String {
        "Replication failed: \(wire.message ?? wire.code)"
    }
}
