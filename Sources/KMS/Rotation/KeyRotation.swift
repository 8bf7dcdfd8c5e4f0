import Cryptography
import Foundation

/// Which keys can be rotated, and how (KMS Developer Guide, "Rotate AWS KMS keys").
extension Key {
    /// On-demand rotations a key may have (RotateKeyOnDemand).
    static let onDemandRotationsMax = 25

    /// Refuses keys that never get new material by themselves.
    func requireAutomaticRotation() throws(KMSError) {
        guard spec.isSymmetricEncryption else { throw .unsupported(nil) }
        guard origin == .awsKMS else { throw .originNotValid(arn, origin) }
    }

    /// Refuses keys whose rotation their owner cannot set: AWS managed keys rotate every year, and replicas
    /// follow their primary.
    func requireOwnRotation() throws(KMSError) {
        guard manager == .customer else {
            throw .unsupported("\(arn) is an AWS managed key, whose rotation cannot be changed.")
        }
        guard !isMultiRegionReplica else { throw .notMultiRegionPrimary(arn) }
    }

    /// The schedule that counts at present: none while the key waits to be deleted.
    var activeRotation: RotationSchedule? { state.isPendingDeletion ? nil : rotation }
}

extension KeyFamily {
    /// Makes material the current one in every Region; the former stays, to decrypt with.
    ///
    /// Without fresh material, what was imported and waits for its rotation is promoted.
    /// - Throws: `.materialState` when there is nothing to promote.
    mutating func rotate(
        to material: KeyMaterial?,
        _ kind: KeyMaterial.Rotation.Kind,
        at now: Date
    ) throws(KMSError) {
        guard let id = material?.id ?? key.materials.first(where: { $0.state == .pendingRotation })?.id else {
            throw .materialState("No available key material pending rotation for the key: \(key.arn).")
        }
        updateAll { member in
            if let material { member.materials.append(material) }
            for index in member.materials.indices where member.materials[index].state == .current {
                member.materials[index].state = .nonCurrent
            }
            member.updateMaterial(id) {
                $0.state = .current
                $0.rotation = KeyMaterial.Rotation(date: now, type: kind)
            }
        }
        for member in members { try announce(.rotation(of: member, to: id, kind, at: now)) }
    }
}

extension ServiceEvent {
    fileprivate static func rotation(
        of key: Key,
        to id: KeyMaterialID,
        _ kind: KeyMaterial.Rotation.Kind,
        at now: Date
    ) -> ServiceEvent {
        ServiceEvent(
            .rotateKey,
            of: key,
            at: now,
            details: [
                "KeyOrigin": key.origin.rawValue, "RotationType": kind.rawValue,
                "CurrentKeyMaterialId": id.description,
            ]
        )
    }
}

extension KeyManagementService {
    /// Carries out an automatic rotation that is due, in all Regions at once.
    ///
    /// - Returns: Whether it was due and was done.
    func rotateIfDue(_ locator: KeyLocator, at now: Date) async throws(KMSError) -> Bool {
        let done = try await changeFamily(of: locator) { family throws(KMSError) in
            let key = family.key
            guard var schedule = key.rotation, schedule.next <= now, key.state == .enabled,
                key.origin == .awsKMS, !key.isMultiRegionReplica
            else { return false }
            schedule.advance(at: now)
            try family.rotate(to: try generateSymmetricMaterial(for: key, at: now), .automatic, at: now)
            family.updateAll { $0.rotation = schedule }
            return true
        }
        return done ?? false
    }
}
