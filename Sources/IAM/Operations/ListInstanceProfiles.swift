package import Operations

/// Lists the instance profiles of the account under a path, with their roles.
///
/// Source: IAM API Reference, ListInstanceProfiles.
package enum ListInstanceProfiles: EntityListing {
    package typealias Subject = InstanceProfile

    package static let name = "ListInstanceProfiles"

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<InstanceProfileView> {
        try await iam.views(try await list(call, in: iam))
    }
}

// MARK: Wire

extension ListInstanceProfiles {
    package static func encode(_ response: Page<InstanceProfileView>, into output: inout OutputWriter) {
        output.instanceProfiles(response)
    }
}
