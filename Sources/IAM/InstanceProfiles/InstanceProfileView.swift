import Operations

/// An instance profile with its role, as answers show it.
package struct InstanceProfileView: Sendable {
    let profile: InstanceProfile
    let role: Role?
}

extension IAMService {
    /// An instance profile with its role.
    func view(_ profile: InstanceProfile) async throws(IAMError) -> InstanceProfileView {
        guard let name = profile.role else { return InstanceProfileView(profile: profile, role: nil) }
        let key = EntityLocator(.role, profile.account, name.description).recordKey
        return InstanceProfileView(profile: profile, role: try await directory.read(Role.self, key))
    }

    func views(_ page: Page<InstanceProfile>) async throws(IAMError) -> Page<InstanceProfileView> {
        var views: [InstanceProfileView] = []
        for profile in page.elements { views.append(try await view(profile)) }
        return Page(elements: views, marker: page.marker)
    }
}

extension OutputWriter {
    mutating func instanceProfiles(_ page: Page<InstanceProfileView>) {
        objects("InstanceProfiles", page.elements) {
            $0.instanceProfile($1.profile, role: $1.role, inList: true)
        }
        pageEnd(page.marker)
    }
}
