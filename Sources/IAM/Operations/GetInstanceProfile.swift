package import Operations

/// Shows an instance profile with its role.
///
/// Source: IAM API Reference, GetInstanceProfile.
package enum GetInstanceProfile: EntityOperation {
    package typealias Subject = InstanceProfile
    package typealias Request = SubjectRequest

    package static let name = "GetInstanceProfile"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> InstanceProfileView {
        try await iam.view(try call.entity().value)
    }
}

// MARK: Wire

extension GetInstanceProfile {
    package static let input: [Member] = [.required("InstanceProfileName", .instanceProfileName)]

    package static func encode(_ response: InstanceProfileView, into output: inout OutputWriter) {
        output.object("InstanceProfile") { $0.instanceProfile(response.profile, role: response.role) }
    }
}
