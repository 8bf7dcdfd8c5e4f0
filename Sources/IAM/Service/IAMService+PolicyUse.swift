import AWSProtocol
import Storage

/// Who uses a managed policy: counted in one record, listed by an index.
///
/// Each use or disuse writes the count, and deleting a policy expects the count that it read, so that no policy
/// is deleted while somebody takes it into use.
extension IAMService {
    /// How many entities of an account use a managed policy.
    func usage(of arn: PolicyARN, in account: AccountID) async throws(IAMError) -> PolicyUsage {
        try await directory.read(PolicyUsage.self, arn.usageKey(in: account)) ?? PolicyUsage()
    }

    /// The writes that note a new use of a policy, and that it is there.
    func using(
        _ policy: Kept<ManagedPolicy>,
        as use: PolicyUse,
        by entity: some Entity
    ) async throws(IAMError) -> [Write] {
        var writes = try await counting(policy.value.arn, as: use, in: entity.account, by: 1)
        writes.append(
            .put(policy.value.arn.useKey(use, by: entity.id, in: entity.account), [], expecting: .any)
        )
        if policy.value.arn.account != nil {
            writes.append(.check(policy.value.arn.recordKey, expecting: .version(policy.version)))
        }
        return writes
    }

    /// The writes that note the end of a use.
    func disusing(
        _ arn: PolicyARN,
        as use: PolicyUse,
        by entity: some Entity
    ) async throws(IAMError) -> [Write] {
        try await counting(arn, as: use, in: entity.account, by: -1) + [
            .delete(arn.useKey(use, by: entity.id, in: entity.account), expecting: .any)
        ]
    }

    private func counting(
        _ arn: PolicyARN,
        as use: PolicyUse,
        in account: AccountID,
        by step: Int
    ) async throws(IAMError) -> [Write] {
        let key = arn.usageKey(in: account)
        let known = try await directory.versioned(PolicyUsage.self, key)
        var usage = known?.value ?? PolicyUsage()
        switch use {
        case .attachment: usage.attachments = max(0, usage.attachments + step)
        case .boundary: usage.boundaries = max(0, usage.boundaries + step)
        }
        return [try put(usage, key, expecting: known.map { .version($0.version) } ?? .absent)]
    }

    /// The managed policy with which a principal is to be bounded, and the writes that note that.
    ///
    /// - Throws: `.notAttachable` when there is no such policy.
    func bounding(
        _ arn: PolicyARN,
        _ entity: some PrincipalEntity
    ) async throws(IAMError) -> [Write] {
        guard let policy = try await attachable(arn, in: entity.account) else {
            throw .notAttachable(arn.description)
        }
        return try await using(policy, as: .boundary, by: entity)
    }

    /// A managed policy of the account or of AWS; nil when there is none.
    func attachable(_ arn: PolicyARN, in account: AccountID) async throws(IAMError) -> Kept<ManagedPolicy>? {
        guard arn.account == nil || arn.account == account else { return nil }
        return try await directory.managedPolicy(arn)
    }
}
