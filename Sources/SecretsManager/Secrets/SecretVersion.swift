package import struct Foundation.Date

/// What is known of one version of a secret besides its value.
package struct SecretVersion: Hashable, Sendable, Codable {
    /// The `ClientRequestToken` of the request that made it.
    package let id: String
    /// The staging labels, in the order they came; none for a deprecated version.
    package var stages: [String]
    package let createdAt: Date
    /// The day of the last read of the value; nil before the first.
    package var accessedOn: Date?
    /// The key its value is encrypted under, as the secret named it; nil for the account's default key.
    package var kmsKeyID: String?
    /// True for a version that a rotation registered and that has no value yet; nil for every other.
    package var lacksValue: Bool?

    package init(id: String, stages: [String] = [], createdAt: Date, kmsKeyID: String?) {
        self.id = id
        self.stages = stages
        self.createdAt = createdAt
        self.kmsKeyID = kmsKeyID
    }

    var isDeprecated: Bool { stages.isEmpty }

    var hasValue: Bool { lacksValue != true }
}

/// The staging labels that Secrets Manager itself moves.
enum Stage {
    static let current = "AWSCURRENT"
    static let previous = "AWSPREVIOUS"
    static let pending = "AWSPENDING"

    /// Labels one version may have (Secrets Manager User Guide, "Quotas").
    static let perVersionMax = 20
}

/// Which version of a secret a request means.
package enum VersionSelector: Hashable, Sendable {
    case id(String)
    case stage(String)
    /// Both must mean the same version.
    case both(id: String, stage: String)

    init(id: String?, stage: String?) {
        switch (id, stage) {
        case (let id?, let stage?): self = .both(id: id, stage: stage)
        case (let id?, nil): self = .id(id)
        case (nil, let stage): self = .stage(stage ?? Stage.current)
        }
    }
}
