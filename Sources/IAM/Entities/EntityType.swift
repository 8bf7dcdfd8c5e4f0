package import AWSProtocol
import Storage

/// What an account keeps under names of their own.
///
/// Source: IAM User Guide, "IAM identifiers", "Understanding unique ID prefixes".
package enum EntityType: String, CaseIterable, Hashable, Sendable, Codable {
    case user
    case group
    case role
    case policy
    case instanceProfile = "instance-profile"

    var idPrefix: String {
        switch self {
        case .user: "AIDA"
        case .group: "AGPA"
        case .role: "AROA"
        case .policy: "ANPA"
        case .instanceProfile: "AIPA"
        }
    }

    /// CloudTrail's type of the resource.
    var resourceType: String {
        switch self {
        case .user: "AWS::IAM::User"
        case .group: "AWS::IAM::Group"
        case .role: "AWS::IAM::Role"
        case .policy: "AWS::IAM::ManagedPolicy"
        case .instanceProfile: "AWS::IAM::InstanceProfile"
        }
    }

    /// The kind of its records, whose keys are `account/name` with the name in lower case.
    var recordKind: RecordKind {
        switch self {
        case .user: .user
        case .group: .group
        case .role: .role
        case .policy: .managedPolicy
        case .instanceProfile: .instanceProfile
        }
    }
}

/// Names an entity of an account, whether it exists or not.
package struct EntityLocator: Hashable, Sendable {
    package let type: EntityType
    package let account: AccountID
    /// As the caller wrote it.
    package let name: String

    package init(_ type: EntityType, _ account: AccountID, _ name: String) {
        self.type = type
        self.account = account
        self.name = name
    }

    /// Names that differ in case alone are the same.
    var recordKey: RecordKey { RecordKey(type.recordKind, "\(account)/\(name.lowercased())") }

    /// The ARN, with a path when that is known.
    func arn(path: String = "/") -> String { "arn:aws:iam::\(account):\(type.rawValue)\(path)\(name)" }
}
