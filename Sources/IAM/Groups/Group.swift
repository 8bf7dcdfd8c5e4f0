package import AWSProtocol

package import struct Foundation.Date

/// A group of users, who all have its policies.
package struct Group: PolicyHolder {
    package let account: AccountID
    package var name: GroupName
    package var path: String
    package let id: PrincipalID
    package let createdAt: Date
    package var inlinePolicies: [String: String] = [:]
    package var attachedPolicies: [PolicyARN] = []
    /// Always empty: groups have no tags.
    package var tags: [String: String] = [:]

    package init(
        account: AccountID,
        name: GroupName,
        path: String = "/",
        id: PrincipalID = .random(.group),
        createdAt: Date
    ) {
        self.account = account
        self.name = name
        self.path = path
        self.id = id
        self.createdAt = createdAt
    }

    package static let type = EntityType.group
    package static let nameMember = "GroupName"
    package static let inlineCharactersMax = 5_120

    package var nameText: String { name.description }

    package static func kept(in resource: IAMResource) -> Kept<Group>? {
        if case .group(let kept) = resource { kept } else { nil }
    }
}
