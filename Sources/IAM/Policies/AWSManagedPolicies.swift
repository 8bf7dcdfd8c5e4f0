import AWSProtocol
import Foundation

/// The managed policies of AWS that every account has.
///
/// Their permissions are those that AWS publishes (AWS Managed Policy Reference). The two that name hundreds of
/// services, ReadOnlyAccess and SecurityAudit, are written with the published actions of the services that a
/// deployment of this product can have: no statement about others could ever apply.
enum AWSManagedPolicies {
    /// By name in lower case.
    private static let byName: [String: Kept<ManagedPolicy>] = {
        var policies: [String: Kept<ManagedPolicy>] = [:]
        for published in PublishedPolicy.all {
            let policy = published.policy
            policies[policy.arn.name.folded] = Kept(policy, version: 0)
        }
        return policies
    }()

    /// The policy of exactly that ARN.
    static func policy(_ arn: PolicyARN) -> Kept<ManagedPolicy>? {
        guard let kept = byName[arn.name.folded], kept.value.arn == arn else { return nil }
        return kept
    }

    /// All of them, by name.
    static let all: [ManagedPolicy] = byName.sorted { $0.key < $1.key }.map(\.value.value)
}

/// A managed policy as AWS publishes it.
struct PublishedPolicy: Sendable {
    let name: String
    let id: String
    let description: String
    let version: Int
    let createdAt: String
    let updatedAt: String
    let text: String

    var policy: ManagedPolicy {
        guard let arn = PolicyARN("arn:aws:iam::aws:policy/\(name)"), let id = PrincipalID(id),
            let createdAt = Timestamp.parseISO8601(createdAt),
            let updatedAt = Timestamp.parseISO8601(updatedAt)
        else { preconditionFailure("the published policy \(name) has a part that cannot be read") }
        return ManagedPolicy(
            arn: arn,
            id: id,
            description: description,
            text: text,
            version: version,
            createdAt: createdAt,
            updatedAt: updatedAt
        )
    }
}
