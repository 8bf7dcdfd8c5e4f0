package import struct Foundation.Date

/// The state of a key (AWS KMS Developer Guide, "Key states").
///
/// `Creating`, `Updating` and `Unavailable` do not occur: a change to all replicas of a key is one atomic
/// commit, and there are no custom key stores.
package enum KeyState: Hashable, Sendable, Codable {
    case enabled
    case disabled
    /// Waiting for imported material.
    case pendingImport
    /// To be erased at a date.
    case pendingDeletion(at: Date)
    /// A multi-Region primary whose waiting period begins when its last replica is gone.
    case pendingReplicaDeletion(windowDays: Int)

    /// The name on the wire.
    package var wireName: String {
        switch self {
        case .enabled: "Enabled"
        case .disabled: "Disabled"
        case .pendingImport: "PendingImport"
        case .pendingDeletion: "PendingDeletion"
        case .pendingReplicaDeletion: "PendingReplicaDeletion"
        }
    }

    package var isPendingDeletion: Bool {
        switch self {
        case .pendingDeletion, .pendingReplicaDeletion: true
        case .enabled, .disabled, .pendingImport: false
        }
    }

    /// When the key will be erased, once that is known.
    package var deletionDate: Date? {
        if case .pendingDeletion(let date) = self { date } else { nil }
    }
}
