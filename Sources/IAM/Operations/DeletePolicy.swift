package import Operations
import Storage

/// Erases a managed policy that nobody uses and that has one version.
///
/// Source: IAM API Reference, DeletePolicy.
package enum DeletePolicy: EntityOperation {
    package typealias Subject = ManagedPolicy
    package typealias Request = SubjectRequest

    package static let name = "DeletePolicy"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "DeleteConflict", "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let kept = try call.changeable()
        let policy = kept.value
        let usageKey = policy.arn.usageKey(in: try call.call.account())
        let usage = try await iam.directory.versioned(PolicyUsage.self, usageKey)
        guard usage.map({ $0.value == PolicyUsage() }) ?? true else {
            throw .deleteConflict("Cannot delete a policy attached to entities.")
        }
        guard policy.versions.count == 1 else {
            throw .deleteConflict(
                "This policy has more than one version. Before you delete a policy, you must delete the "
                    + "policy's versions. The default version is deleted with the policy."
            )
        }
        try await iam.commit([
            .delete(kept.value.recordKey, expecting: .version(kept.version)),
            .delete(usageKey, expecting: usage.map { .version($0.version) } ?? .absent),
        ])
        return NoOutput()
    }
}

// MARK: Wire

extension DeletePolicy {
    package static let input: [Member] = [.required("PolicyArn", .arn)]
}
