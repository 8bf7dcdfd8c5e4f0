import Cryptography
import Foundation

extension Key {
    /// The material with an id, whatever its state.
    func material(_ id: KeyMaterialID) -> KeyMaterial? {
        materials.first { $0.id == id }
    }

    /// Changes the material with an id; does nothing when there is none.
    mutating func updateMaterial(_ id: KeyMaterialID, _ change: (inout KeyMaterial) -> Void) {
        guard let index = materials.firstIndex(where: { $0.id == id }) else { return }
        change(&materials[index])
    }
}

/// How imported material goes, by DeleteImportedKeyMaterial or because it expired.
extension KeyFamily {
    /// Forgets the secret of imported material of the key.
    ///
    /// Material that belongs to the key for good keeps its place, so that only the same can be imported
    /// again, and the key waits for it. Material that still waits for its rotation leaves no trace; if the
    /// key is a primary it goes in all Regions (DeleteImportedKeyMaterial, "Considerations for
    /// multi-Region symmetric encryption keys").
    mutating func eraseMaterial(_ id: KeyMaterialID) {
        guard let material = key.material(id) else { return }
        if material.isPermanent || key.isMultiRegionReplica {
            key.updateMaterial(id) { $0.wrapped = nil }
        } else {
            updateAll { member in member.materials.removeAll { $0.id == id } }
        }
        if !key.state.isPendingDeletion, key.isMissingMaterial { key.state = .pendingImport }
        refreshPendingMaterial()
    }

    /// Says of material that waits for its rotation whether all Regions have it.
    mutating func refreshPendingMaterial() {
        guard let pending = primary?.materials.first(where: { !$0.isPermanent }) else { return }
        let isEverywhere = members.allSatisfy { $0.material(pending.id)?.wrapped != nil }
        let state: KeyMaterial.State =
            isEverywhere ? .pendingRotation : .pendingMultiRegionImportAndRotation
        updateAll { member in member.updateMaterial(pending.id) { $0.state = state } }
    }
}

extension KeyManagementService {
    /// Erases imported material whose time is over.
    ///
    /// - Returns: Whether there was any.
    func expireMaterial(of locator: KeyLocator, at now: Date) async throws(KMSError) -> Bool {
        let done = try await changeFamily(of: locator) { family throws(KMSError) in
            let expired = family.key.materials.filter { material in
                guard material.wrapped != nil, let validTo = material.imported?.validTo else { return false }
                return validTo <= now
            }
            for material in expired {
                family.eraseMaterial(material.id)
                try family.announce(
                    ServiceEvent(
                        .deleteExpiredKeyMaterial,
                        of: family.key,
                        at: now,
                        details: ["KeyMaterialId": material.id.description]
                    )
                )
            }
            return !expired.isEmpty
        }
        return done ?? false
    }
}
