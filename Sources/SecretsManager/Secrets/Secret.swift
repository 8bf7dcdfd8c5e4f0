package import AWSProtocol

package import struct Foundation.Date

/// A secret as the store keeps it: all but the values.
package struct Secret: Hashable, Sendable, Codable {
    /// The wait before a secret is gone.
    package struct Deletion: Hashable, Sendable, Codable {
        package let requestedAt: Date
        package let date: Date
    }

    package let locator: SecretLocator
    package let suffix: SecretSuffix
    package let createdAt: Date
    package var changedAt: Date
    /// The day of the last read of any version's value; nil before the first.
    package var accessedOn: Date?
    package var description: String?
    /// The key as the caller named it; nil for the account's default key.
    package var kmsKeyID: String?
    package var tags: [SecretTag] = []
    package var policy: SecretPolicy?
    /// Oldest first.
    package var versions: [SecretVersion] = []
    package var deletion: Deletion?
    /// Nil for a secret whose rotation was never set up.
    package var rotation: Rotation?
    /// Where the secret was replicated from or to; nil for a secret of one Region.
    package var primaryRegion: Region?
    /// The replicas of a primary.
    package var replicas: [Replica] = []

    package init(locator: SecretLocator, suffix: SecretSuffix, createdAt: Date) {
        self.locator = locator
        self.suffix = suffix
        self.createdAt = createdAt
        changedAt = createdAt
    }

    package var arn: String { locator.arn(suffix) }

    /// Whether it follows a primary in another Region.
    package var isReplica: Bool { primaryRegion.map { $0 != locator.region } ?? false }

    /// The key under which new versions are encrypted, in a form that means the same to callers of all accounts.
    package var absoluteKeyID: String {
        let text = kmsKeyID ?? Self.defaultKeyAlias
        if text.hasPrefix("arn:") { return text }
        let resource = text.hasPrefix("alias/") ? text : "key/\(text)"
        return "arn:aws:kms:\(locator.region):\(locator.account):\(resource)"
    }

    static let defaultKeyAlias = "alias/aws/secretsmanager"

    // MARK: State

    func requireNotDeleted() throws(SecretsManagerError) {
        guard deletion == nil else { throw .markedForDeletion }
    }

    func requirePrimary() throws(SecretsManagerError) {
        guard !isReplica else { throw .onReplica }
    }

    /// Refuses what changes a secret while it waits to be deleted, or follows another.
    func requireChangeable() throws(SecretsManagerError) {
        try requireNotDeleted()
        try requirePrimary()
    }
}

/// A replica of a secret as its primary knows it.
package struct Replica: Hashable, Sendable, Codable {
    package enum Status: String, Sendable, Codable {
        case inSync = "InSync"
        case failed = "Failed"
    }

    package let region: Region
    /// The key as the caller named it; nil for the account's default key there.
    package var kmsKeyID: String?
    package var status: Status
    package var message: String?

    package init(region: Region, kmsKeyID: String?, status: Status, message: String? = nil) {
        self.region = region
        self.kmsKeyID = kmsKeyID
        self.status = status
        self.message = message
    }
}
