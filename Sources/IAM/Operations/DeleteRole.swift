package import Operations
import Storage

/// Erases a role without policies that no instance profile holds; its sessions end.
///
/// Source: IAM API Reference, DeleteRole.
package enum DeleteRole: EntityOperation {
    package typealias Subject = Role
    package typealias Request = SubjectRequest

    package static let name = "DeleteRole"
    package static let errors = [
        "NoSuchEntity", "DeleteConflict", "LimitExceeded", "UnmodifiableEntity", "ConcurrentModification",
        "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let kept = try call.entity()
        let role = kept.value
        guard role.instanceProfiles.isEmpty else {
            throw .deleteConflict("Cannot delete entity, must remove roles from instance profile first.")
        }
        try role.requireNoPolicies()
        var writes: [Write] = [.delete(role.id.roleUseRecordKey, expecting: .any)]
        if let boundary = role.permissionsBoundary {
            writes += try await iam.disusing(boundary, as: .boundary, by: role)
        }
        try await iam.delete(kept, with: writes)
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteRole {
    package static let input: [Member] = [.required("RoleName", .roleName)]
}
