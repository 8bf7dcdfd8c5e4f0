package import AWSProtocol

package import struct Foundation.Date

/// What hands a role to machines.
package struct InstanceProfile: Entity {
    package let account: AccountID
    package let name: InstanceProfileName
    package let path: String
    package let id: PrincipalID
    package let createdAt: Date
    /// One at most (IAM User Guide, "IAM and AWS STS quotas").
    package var role: RoleName?
    package var tags: [String: String] = [:]

    package init(
        account: AccountID,
        name: InstanceProfileName,
        path: String = "/",
        id: PrincipalID = .random(.instanceProfile),
        createdAt: Date
    ) {
        self.account = account
        self.name = name
        self.path = path
        self.id = id
        self.createdAt = createdAt
    }

    package static let type = EntityType.instanceProfile
    package static let nameMember = "InstanceProfileName"

    package var nameText: String { name.description }

    package static func kept(in resource: IAMResource) -> Kept<InstanceProfile>? {
        if case .instanceProfile(let kept) = resource { kept } else { nil }
    }
}
