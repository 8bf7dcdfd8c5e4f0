package import AWSProtocol

/// Where a secret lives: an account, a Region and a name.
package struct SecretLocator: Hashable, Sendable, Codable {
    package let account: AccountID
    package let region: Region
    package let name: SecretName

    package init(_ account: AccountID, _ region: Region, _ name: SecretName) {
        self.account = account
        self.region = region
        self.name = name
    }

    /// What the keys of all records of an account in a Region begin with.
    static func prefix(_ account: AccountID, _ region: Region) -> String { "\(account)/\(region)/" }

    /// The text in record keys, as in `111122223333/us-east-1/app/password`.
    var path: String { Self.prefix(account, region) + name.description }

    /// The locator in a record's key, whose last part may have slashes.
    init?(path: some StringProtocol) {
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let account = AccountID(String(parts[0])),
            let region = Region(String(parts[1])), let name = SecretName(String(parts[2]))
        else { return nil }
        self.init(account, region, name)
    }

    /// The same name in another Region: a replica or the primary.
    func relocated(to region: Region) -> SecretLocator { SecretLocator(account, region, name) }

    /// The ARN of the secret of this name with a suffix, or with wildcards in its place.
    func arn(_ suffix: SecretSuffix?) -> String {
        "arn:aws:secretsmanager:\(region):\(account):secret:\(name)-\(suffix?.description ?? "??????")"
    }

    /// What CloudTrail calls a secret.
    package static let resourceType = "AWS::SecretsManager::Secret"
}
