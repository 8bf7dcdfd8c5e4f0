import AWSProtocol
package import Operations

/// Lists the instance profiles that hold a role.
///
/// Source: IAM API Reference, ListInstanceProfilesForRole.
package enum ListInstanceProfilesForRole: EntityOperation {
    package typealias Subject = Role
    package typealias Request = SubjectPageRequest

    package static let name = "ListInstanceProfilesForRole"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<InstanceProfileView> {
        let role = try call.entity().value
        var profiles: [InstanceProfile] = []
        for name in role.instanceProfiles {
            let key = EntityLocator(.instanceProfile, role.account, name.description).recordKey
            if let profile = try await iam.directory.read(InstanceProfile.self, key) {
                profiles.append(profile)
            }
        }
        return try await iam.views(
            try iam.page(ofAll: profiles, call.request.page, of: name, for: call.call) { $0.name.folded }
        )
    }
}

// MARK: Wire

extension ListInstanceProfilesForRole {
    package static let input: [Member] = [.required("RoleName", .roleName)] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectPageRequest {
        SubjectPageRequest(subject: try Role.reference(in: input, for: call), page: PageInput(input))
    }

    package static func encode(_ response: Page<InstanceProfileView>, into output: inout OutputWriter) {
        output.instanceProfiles(response)
    }
}
