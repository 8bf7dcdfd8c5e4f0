package import Cryptography
package import Storage

package import struct Foundation.Date

/// One backing material of a key: the secret itself, wrapped, and its history.
///
/// Asymmetric and HMAC keys have one; symmetric keys get another with each rotation and keep the old ones.
package struct KeyMaterial: Hashable, Sendable, Codable {
    package let id: KeyMaterialID
    /// The material sealed under the keyring's material key; nil once imported material was deleted or
    /// has expired.
    @StoredBytes package var wrapped: [UInt8]?
    package var state: State
    package let createdAt: Date
    /// When and how it became the current one; nil for the first.
    package var rotation: Rotation?
    /// Set for imported material.
    package var imported: ImportDetails?

    package enum State: String, Hashable, Sendable, Codable {
        case current = "CURRENT"
        case nonCurrent = "NON_CURRENT"
        case pendingRotation = "PENDING_ROTATION"
        case pendingMultiRegionImportAndRotation = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
    }

    package struct Rotation: Hashable, Sendable, Codable {
        package let date: Date
        package let type: Kind

        package enum Kind: String, Hashable, Sendable, Codable {
            case automatic = "AUTOMATIC"
            case onDemand = "ON_DEMAND"
        }

        package init(date: Date, type: Kind) {
            self.date = date
            self.type = type
        }
    }

    package struct ImportDetails: Hashable, Sendable, Codable {
        package var description: String?
        /// When the material expires; nil when it does not.
        package var validTo: Date?

        package init(description: String?, validTo: Date?) {
            self.description = description
            self.validTo = validTo
        }

        package var expirationModel: ExpirationModel {
            validTo == nil ? .doesNotExpire : .expires
        }
    }

    package init(
        id: KeyMaterialID,
        wrapped: [UInt8]?,
        state: State,
        createdAt: Date,
        rotation: Rotation? = nil,
        imported: ImportDetails? = nil
    ) {
        self.id = id
        self.wrapped = wrapped
        self.state = state
        self.createdAt = createdAt
        self.rotation = rotation
        self.imported = imported
    }

    /// Whether the material belongs to the key for good, so that the key is unusable without it.
    package var isPermanent: Bool { state == .current || state == .nonCurrent }
}

/// Whether imported material expires.
package enum ExpirationModel: String, Sendable, CaseIterable {
    case expires = "KEY_MATERIAL_EXPIRES"
    case doesNotExpire = "KEY_MATERIAL_DOES_NOT_EXPIRE"
}
