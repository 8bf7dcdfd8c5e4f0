package import Operations

/// Erases an instance profile that holds no role.
///
/// Source: IAM API Reference, DeleteInstanceProfile.
package enum DeleteInstanceProfile: EntityOperation {
    package typealias Subject = InstanceProfile
    package typealias Request = SubjectRequest

    package static let name = "DeleteInstanceProfile"
    package static let errors = ["NoSuchEntity", "DeleteConflict", "LimitExceeded", "ServiceFailure"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let profile = try call.entity()
        guard profile.value.role == nil else {
            throw .deleteConflict("Cannot delete entity, must remove roles from instance profile first.")
        }
        try await iam.delete(profile)
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteInstanceProfile {
    package static let input: [Member] = [.required("InstanceProfileName", .instanceProfileName)]
}
