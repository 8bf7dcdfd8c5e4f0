package import Operations
package import Storage

package import struct Foundation.Date

/// A policy with an ARN of its own, which can be attached to many entities, with its last versions.
package struct ManagedPolicy: NamedRecord {
    /// One text of a policy; a version never changes.
    package struct Version: Hashable, Sendable, Codable {
        /// Counts from 1 and is never used again.
        package let number: Int
        package let text: String
        package let createdAt: Date

        package var id: String { "v\(number)" }
    }

    package let arn: PolicyARN
    package let id: PrincipalID
    package let description: String?
    package let createdAt: Date
    package var updatedAt: Date
    package var tags: [String: String]
    /// Oldest first; never empty.
    package var versions: [Version]
    package var defaultNumber: Int
    package var lastNumber: Int

    package init(
        arn: PolicyARN,
        id: PrincipalID,
        description: String?,
        text: String,
        version number: Int = 1,
        tags: [String: String] = [:],
        createdAt: Date,
        updatedAt: Date? = nil
    ) {
        self.arn = arn
        self.id = id
        self.description = description
        self.tags = tags
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        versions = [Version(number: number, text: text, createdAt: updatedAt ?? createdAt)]
        defaultNumber = number
        lastNumber = number
    }

    /// The version in force; nil only for a record that is damaged.
    package var defaultVersion: Version? { versions.first { $0.number == defaultNumber } }

    /// A version by its id, as in `v2`.
    func version(_ id: String) -> Version? { versions.first { $0.id == id } }

    /// Versions a policy may have (IAM User Guide, "IAM and AWS STS quotas").
    package static let versionsMax = 5
    /// Characters of a version, white space not counted (the same page).
    package static let charactersMax = 6_144
}

/// How many entities use a managed policy of an account, or of AWS, in an account.
struct PolicyUsage: Hashable, Sendable, Codable {
    var attachments = 0
    var boundaries = 0
}

/// How an entity uses a managed policy.
enum PolicyUse: String, CaseIterable, Hashable, Sendable {
    case attachment
    case boundary
}

// MARK: Requests

extension ManagedPolicy {
    package static let nameMember = "PolicyArn"

    package var recordKey: RecordKey { arn.recordKey }

    package static func reference(in input: Input, for call: Call) throws(IAMError) -> IAMReference {
        .policy(input.requiredString(nameMember))
    }

    package static func kept(in resource: IAMResource) -> Kept<ManagedPolicy>? {
        if case .policy(let kept) = resource { kept } else { nil }
    }
}
