package import Operations

/// Erases a group without users and policies.
///
/// Source: IAM API Reference, DeleteGroup.
package enum DeleteGroup: EntityOperation {
    package typealias Subject = Group
    package typealias Request = SubjectRequest

    package static let name = "DeleteGroup"
    package static let errors = ["NoSuchEntity", "DeleteConflict", "LimitExceeded", "ServiceFailure"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let group = try call.entity()
        guard try await iam.records(.groupMember, prefix: group.value.memberPrefix, max: 1).isEmpty else {
            throw .deleteConflict("Cannot delete entity, must remove users from group first.")
        }
        try group.value.requireNoPolicies()
        try await iam.delete(group)
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteGroup {
    package static let input: [Member] = [.required("GroupName", .groupName)]
}
