package import Operations
import Storage

/// Erases a user that has no credentials, policies and groups left.
///
/// Source: IAM API Reference, DeleteUser.
package enum DeleteUser: EntityOperation {
    package typealias Subject = User
    package typealias Request = SubjectRequest

    package static let name = "DeleteUser"
    package static let errors = [
        "LimitExceeded", "NoSuchEntity", "DeleteConflict", "ConcurrentModification", "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let kept = try call.entity()
        let user = kept.value
        guard try await iam.accessKeys(of: .user(user.account, user.name)).isEmpty else {
            throw .deleteConflict("Cannot delete entity, must delete access keys first.")
        }
        try user.requireNoPolicies()
        guard user.groups.isEmpty else {
            throw .deleteConflict("Cannot delete entity, must remove users from group first.")
        }
        var writes: [Write] = []
        if let boundary = user.permissionsBoundary {
            writes = try await iam.disusing(boundary, as: .boundary, by: user)
        }
        try await iam.delete(kept, with: writes)
        return NoOutput()
    }
}

extension PolicyHolder {
    /// Refuses to delete what still has policies.
    func requireNoPolicies() throws(IAMError) {
        guard attachedPolicies.isEmpty else {
            throw .deleteConflict("Cannot delete entity, must detach all policies first.")
        }
        guard inlinePolicies.isEmpty else {
            throw .deleteConflict("Cannot delete entity, must delete policies first.")
        }
    }
}

// MARK: Wire

extension DeleteUser {
    package static let input: [Member] = [.required("UserName", .existingUserName)]
}
