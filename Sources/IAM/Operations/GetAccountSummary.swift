package import AWSProtocol
package import Operations
import Storage

/// Counts what the account has, beside its quotas.
///
/// Source: IAM API Reference, GetAccountSummary; quotas from the IAM User Guide, "IAM and AWS STS quotas".
package enum GetAccountSummary: AccountOperation {
    package typealias Request = AccountID
    package typealias Response = [String: Int]

    package static let name = "GetAccountSummary"
    package static let errors = ["ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> [String: Int] {
        let account = call.request
        var summary = quotas
        func count(_ kind: RecordKind) async throws(IAMError) -> Int {
            try await iam.records(kind, prefix: "\(account)/").count
        }
        summary["Users"] = try await count(.user)
        summary["Groups"] = try await count(.group)
        summary["Roles"] = try await count(.role)
        summary["InstanceProfiles"] = try await count(.instanceProfile)
        summary["Providers"] = try await count(.openIDConnectProvider)
        let policies = try await iam.ownPolicies(of: account, after: nil, max: .max)
        summary["Policies"] = policies.count
        summary["PolicyVersionsInUse"] = policies.reduce(0) { $0 + $1.versions.count }
        summary["AccountAccessKeysPresent"] = try await iam.accessKeys(of: .root(account)).isEmpty ? 0 : 1
        return summary
    }

    /// What has a fixed figure here; there are no certificates and no devices.
    private static let quotas: [String: Int] = [
        "AccessKeysPerUserQuota": AccessKey.perOwnerMax, "AccountMFAEnabled": 0, "AccountPasswordPresent": 0,
        "AccountSigningCertificatesPresent": 0, "AssumeRolePolicySizeQuota": TrustPolicy.charactersMax,
        "AttachedPoliciesPerGroupQuota": 10, "AttachedPoliciesPerRoleQuota": 10,
        "AttachedPoliciesPerUserQuota": 10, "GlobalEndpointTokenVersion": 2,
        "GroupPolicySizeQuota": Group.inlineCharactersMax, "GroupsPerUserQuota": User.groupsMax,
        "MFADevices": 0, "MFADevicesInUse": 0, "PolicySizeQuota": ManagedPolicy.charactersMax,
        "RolePolicySizeQuota": Role.inlineCharactersMax, "ServerCertificates": 0,
        "UserPolicySizeQuota": User.inlineCharactersMax, "VersionsPerPolicyQuota": ManagedPolicy.versionsMax,
    ]
}

// MARK: Wire

extension GetAccountSummary {
    package static let input: [Member] = []

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AccountID {
        try call.account()
    }

    package static func encode(_ response: [String: Int], into output: inout OutputWriter) {
        output.map(
            "SummaryMap",
            response.sorted { $0.key < $1.key }.map { (key: $0.key, value: String($0.value)) }
        )
    }
}
