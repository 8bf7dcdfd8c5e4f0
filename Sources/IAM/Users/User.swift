package import AWSProtocol

package import struct Foundation.Date

/// An IAM user with all that decides what it may do.
package struct User: PrincipalEntity {
    package let account: AccountID
    package var name: UserName
    package var path: String
    /// `AIDA…`: two users of one name at different times differ in it, and policies are bound to it.
    package let id: PrincipalID
    package let createdAt: Date
    package var inlinePolicies: [String: String] = [:]
    package var attachedPolicies: [PolicyARN] = []
    package var permissionsBoundary: PolicyARN?
    package var tags: [String: String] = [:]
    /// The ids of its groups: these can be renamed.
    package var groups: [PrincipalID] = []

    package init(
        account: AccountID,
        name: UserName,
        path: String = "/",
        id: PrincipalID = .user(),
        createdAt: Date
    ) {
        self.account = account
        self.name = name
        self.path = path
        self.id = id
        self.createdAt = createdAt
    }

    /// Groups a user can be in (IAM User Guide, "IAM and AWS STS quotas").
    package static let groupsMax = 10

    package static let type = EntityType.user
    package static let nameMember = "UserName"
    package static let inlineCharactersMax = 2_048

    package var nameText: String { name.description }

    package static func kept(in resource: IAMResource) -> Kept<User>? {
        if case .user(let kept) = resource { kept } else { nil }
    }
}

// MARK: Record

extension User {
    private enum CodingKeys: String, CodingKey {
        case account, name, path, id, createdAt, inlinePolicies, attachedPolicies, permissionsBoundary, tags
        case groups
    }

    /// Reads also what an earlier version wrote, which knew inline policies and tags alone.
    package init(from decoder: any Decoder) throws {
        let record = try decoder.container(keyedBy: CodingKeys.self)
        account = try record.decode(AccountID.self, forKey: .account)
        name = try record.decode(UserName.self, forKey: .name)
        path = try record.decode(String.self, forKey: .path)
        id = try record.decode(PrincipalID.self, forKey: .id)
        createdAt = try record.decode(Date.self, forKey: .createdAt)
        inlinePolicies = try record.decode([String: String].self, forKey: .inlinePolicies)
        attachedPolicies = try record.decodeIfPresent([PolicyARN].self, forKey: .attachedPolicies) ?? []
        permissionsBoundary = try record.decodeIfPresent(PolicyARN.self, forKey: .permissionsBoundary)
        tags = try record.decode([String: String].self, forKey: .tags)
        groups = try record.decodeIfPresent([PrincipalID].self, forKey: .groups) ?? []
    }
}
