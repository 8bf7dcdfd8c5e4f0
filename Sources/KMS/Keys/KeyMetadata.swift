import AWSProtocol
import Cryptography
import Operations

extension OutputWriter {
    /// The `KeyMetadata` structure.
    mutating func keyMetadata(_ name: String, of key: Key) {
        object(name) { output in
            output.string("AWSAccountId", key.account.description)
            output.string("KeyId", key.locator.id.description)
            output.string("Arn", key.arn.description)
            output.timestamp("CreationDate", key.createdAt)
            output.flag("Enabled", key.state == .enabled)
            output.string("Description", key.description)
            output.string("KeyUsage", key.usage.rawValue)
            output.string("KeyState", key.state.wireName)
            output.timestamp("DeletionDate", key.state.deletionDate)
            output.string("Origin", key.origin.rawValue)
            output.importDetails(of: key)
            output.string("KeyManager", key.manager.rawValue)
            output.string("CustomerMasterKeySpec", key.spec.rawValue)
            output.string("KeySpec", key.spec.rawValue)
            output.algorithms(of: key)
            output.flag("MultiRegion", key.multiRegion != nil)
            output.multiRegionConfiguration(of: key)
            if case .pendingReplicaDeletion(let days) = key.state {
                output.integer("PendingDeletionWindowInDays", days)
            }
            if key.spec.isSymmetricEncryption {
                output.string("CurrentKeyMaterialId", key.currentMaterial?.id.description)
            }
        }
    }

    /// The algorithm lists of a key's usage, as DescribeKey and GetPublicKey have them.
    mutating func algorithms(of key: Key) {
        switch key.usage {
        case .encryptDecrypt:
            strings("EncryptionAlgorithms", key.spec.encryptionAlgorithms.map(\.rawValue))
        case .signVerify:
            strings("SigningAlgorithms", key.spec.signingAlgorithms.map(\.rawValue))
        case .generateVerifyMAC:
            strings("MacAlgorithms", key.spec.macAlgorithms.map(\.rawValue))
        case .keyAgreement:
            strings("KeyAgreementAlgorithms", key.spec.keyAgreementAlgorithms.map(\.rawValue))
        }
    }

    private mutating func importDetails(of key: Key) {
        guard key.origin == .external, let material = key.currentMaterial, material.wrapped != nil,
            let details = material.imported
        else { return }
        timestamp("ValidTo", details.validTo)
        string("ExpirationModel", details.expirationModel.rawValue)
    }

    private mutating func multiRegionConfiguration(of key: Key) {
        guard let multiRegion = key.multiRegion else { return }
        object("MultiRegionConfiguration") { output in
            output.string("MultiRegionKeyType", key.isMultiRegionPrimary ? "PRIMARY" : "REPLICA")
            output.object("PrimaryKey") { output in
                let primary = KeyARN(key.locator.relocated(to: multiRegion.primary), key.account)
                output.string("Arn", primary.description)
                output.string("Region", multiRegion.primary.description)
            }
            output.objects("ReplicaKeys", multiRegion.replicas) { output, region in
                let replica = KeyARN(key.locator.relocated(to: region), key.account)
                output.string("Arn", replica.description)
                output.string("Region", region.description)
            }
        }
    }
}
