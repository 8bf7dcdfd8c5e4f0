package import AWSProtocol
package import Cryptography
package import Storage

package import struct Foundation.Date

/// A KMS key: everything about it but its grants, as it is stored.
///
/// Its material is inside, wrapped. Changes are made on a copy and committed against the version that was
/// read, so two changes never overwrite each other.
package struct Key: Hashable, Sendable, Codable {
    package let locator: KeyLocator
    package let account: AccountID
    /// To the millisecond.
    package let createdAt: Date
    package let spec: KeySpec
    package let usage: KeyUsage
    package let origin: KeyOrigin
    package let manager: KeyManager
    package var description: String
    package var state: KeyState
    package var policy: KeyPolicy
    package var tags: [Tag]
    /// The names of the aliases that point here, in the order they were made.
    package var aliases: [AliasName]
    package var materials: [KeyMaterial]
    /// SubjectPublicKeyInfo, DER, of an asymmetric key.
    @StoredBytes package var publicKey: [UInt8]? = nil
    package var rotation: RotationSchedule?
    /// How often RotateKeyOnDemand has been carried out.
    package var onDemandRotations: Int
    package var multiRegion: MultiRegion?

    package init(
        locator: KeyLocator,
        account: AccountID,
        createdAt: Date,
        spec: KeySpec,
        usage: KeyUsage,
        origin: KeyOrigin,
        manager: KeyManager,
        description: String,
        policy: KeyPolicy,
        tags: [Tag],
        multiRegion: MultiRegion?
    ) {
        self.locator = locator
        self.account = account
        self.createdAt = createdAt.wholeMilliseconds
        self.spec = spec
        self.usage = usage
        self.origin = origin
        self.manager = manager
        self.description = description
        state = origin == .external ? .pendingImport : .enabled
        self.policy = policy
        self.tags = tags
        aliases = []
        materials = []
        onDemandRotations = 0
        self.multiRegion = multiRegion
    }

    package var arn: KeyARN { KeyARN(locator, account) }

    /// The material new ciphertexts are made with.
    package var currentMaterial: KeyMaterial? {
        materials.first { $0.state == .current }
    }

    /// Whether this is the primary of a multi-Region key.
    package var isMultiRegionPrimary: Bool { multiRegion?.primary == locator.region }

    /// Whether this is a replica of a multi-Region key.
    package var isMultiRegionReplica: Bool { multiRegion != nil && !isMultiRegionPrimary }
}
