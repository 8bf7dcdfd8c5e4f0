package import struct Foundation.Date

/// Which state permits what (KMS Developer Guide, "Key states and operations").
extension Key {
    /// For cryptographic operations: the key must be enabled and its material present.
    package func requireUsable(at now: Date) throws(KMSError) {
        switch state {
        case .enabled: break
        case .disabled: throw .disabled(arn)
        case .pendingImport: throw .pendingImport(arn)
        case .pendingDeletion, .pendingReplicaDeletion: throw .pendingDeletion(arn)
        }
        // The scheduler removes expired material; until it has, the clock decides.
        guard !hasExpiredMaterial(at: now) else { throw .pendingImport(arn) }
    }

    /// For changes of metadata: anything but a key that is to be deleted.
    package func requireNotPendingDeletion() throws(KMSError) {
        guard !state.isPendingDeletion else { throw .pendingDeletion(arn) }
    }

    /// For enabling and disabling: neither pending deletion nor pending import.
    package func requireEnabledOrDisabled() throws(KMSError) {
        try requireNotPendingDeletion()
        guard state != .pendingImport else { throw .pendingImport(arn) }
    }

    /// Whether a material that belongs to the key has passed its expiry.
    package func hasExpiredMaterial(at now: Date) -> Bool {
        guard origin == .external else { return false }
        return materials.contains { material in
            guard material.isPermanent, let validTo = material.imported?.validTo else { return false }
            return validTo <= now
        }
    }

    /// Makes the key usable; idempotent.
    package mutating func enable() throws(KMSError) {
        try requireEnabledOrDisabled()
        state = .enabled
    }

    /// Makes the key unusable until it is enabled; idempotent.
    package mutating func disable() throws(KMSError) {
        try requireEnabledOrDisabled()
        state = .disabled
    }

    /// Starts the waiting period after which the key is erased; a primary with replicas waits for them.
    package mutating func scheduleDeletion(windowDays: Int, at now: Date) throws(KMSError) {
        try requireNotPendingDeletion()
        if isMultiRegionPrimary, multiRegion?.replicas.isEmpty == false {
            state = .pendingReplicaDeletion(windowDays: windowDays)
        } else {
            state = .pendingDeletion(at: now.addingTimeInterval(Double(windowDays) * secondsPerDay))
        }
    }

    /// Ends the waiting period; the key stays unusable until it is enabled, or its material imported.
    package mutating func cancelDeletion() throws(KMSError) {
        guard state.isPendingDeletion else { throw .notPendingDeletion(arn) }
        state = isMissingMaterial ? .pendingImport : .disabled
    }

    /// Whether imported material that belongs to the key, or its first, is not there.
    package var isMissingMaterial: Bool {
        guard origin == .external else { return false }
        let permanent = materials.filter(\.isPermanent)
        return permanent.isEmpty || permanent.contains { $0.wrapped == nil }
    }
}

/// Waiting periods and rotation periods are counted in days of this length.
package let secondsPerDay = 86_400.0
