import AWSProtocol
import Foundation

/// The managed policies of AWS that every account has.
enum AWSManagedPolicies {
    /// By name in lower case.
    private static let byName: [String: Kept<ManagedPolicy>] = {
        var policies: [String: Kept<ManagedPolicy>] = [:]
        for published in [PublishedPolicy.administratorAccess] {
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

/// A managed policy as AWS publishes it (AWS Managed Policy Reference Guide).
struct PublishedPolicy: Sendable {
    let arn: String
    let id: String
    let description: String
    let version: Int
    let createdAtSeconds: Double
    let updatedAtSeconds: Double
    let text: String

    var policy: ManagedPolicy {
        guard let arn = PolicyARN(arn), let id = PrincipalID(id) else {
            preconditionFailure("\(arn) is not the ARN of a policy, or its id is none")
        }
        return ManagedPolicy(
            arn: arn,
            id: id,
            description: description,
            text: text,
            version: version,
            createdAt: Date(timeIntervalSince1970: createdAtSeconds),
            updatedAt: Date(timeIntervalSince1970: updatedAtSeconds)
        )
    }

    static let administratorAccess = PublishedPolicy(
        arn: "arn:aws:iam::aws:policy/AdministratorAccess",
        id: "ANPAIWMBCKSKIEE64ZLYK",
        description: "Provides full access to AWS services and resources.",
        version: 1,
        createdAtSeconds: 1_423_161_586,
        updatedAtSeconds: 1_423_161_586,
        text: #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
    )
}
