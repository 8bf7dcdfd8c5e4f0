import AWSProtocol
import Operations
import Storage

/// A managed policy with how often an account uses it, as answers show it.
package struct PolicyView: Sendable {
    let policy: ManagedPolicy
    let usage: PolicyUsage

    /// Where it stands in lists: an account's own policies come before those of AWS.
    var position: String { Self.position(policy.arn) }

    static func position(_ arn: PolicyARN) -> String {
        (arn.account == nil ? Self.awsPrefix : Self.ownPrefix) + arn.name.folded
    }

    static let ownPrefix = "a/"
    static let awsPrefix = "b/"
}

extension IAMService {
    /// Policies with their use in an account, in the same order.
    func views(_ policies: [ManagedPolicy], in account: AccountID) async throws(IAMError) -> [PolicyView] {
        var views: [PolicyView] = []
        for start in stride(from: 0, to: policies.count, by: 1000) {
            let some = policies[start..<min(start + 1000, policies.count)]
            let keys = some.map { $0.arn.usageKey(in: account) }
            let records = try await storing { () async throws(StorageError) in try await store.read(keys) }
            for (policy, record) in zip(some, records) {
                let usage = try record.map { record throws(IAMError) in
                    try coding { () throws(StorageError) in
                        try RecordCoding.decode(PolicyUsage.self, from: record)
                    }
                }
                views.append(PolicyView(policy: policy, usage: usage ?? PolicyUsage()))
            }
        }
        return views
    }

    /// An account's own policies, a batch of them in the order of their names in lower case, `after` such a name.
    func ownPolicies(
        of account: AccountID,
        after: String?,
        max: Int
    ) async throws(IAMError) -> [ManagedPolicy] {
        let prefix = "\(account)/"
        var policies: [ManagedPolicy] = []
        for record in try await records(
            .managedPolicy,
            prefix: prefix,
            after: after.map { prefix + $0 },
            max: max
        ) {
            policies.append(
                try coding { () throws(StorageError) in
                    try RecordCoding.decode(ManagedPolicy.self, from: record)
                }
            )
        }
        return policies
    }
}
