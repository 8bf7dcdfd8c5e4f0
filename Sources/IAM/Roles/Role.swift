package import AWSProtocol

package import struct Foundation.Date

/// A role: permissions without credentials of their own, for whoever its trust policy lets assume it.
package struct Role: PrincipalEntity {
    package let account: AccountID
    package let name: RoleName
    package let path: String
    package let id: PrincipalID
    package let createdAt: Date
    package var trustPolicy: TrustPolicy
    package var description: String?
    /// The longest session that can be asked for.
    package var maxSessionSeconds: Int
    package var inlinePolicies: [String: String] = [:]
    package var attachedPolicies: [PolicyARN] = []
    package var permissionsBoundary: PolicyARN?
    package var tags: [String: String] = [:]
    /// Names of the instance profiles that hold the role.
    package var instanceProfiles: [InstanceProfileName] = []

    package init(
        account: AccountID,
        name: RoleName,
        path: String = "/",
        id: PrincipalID = .random(.role),
        trustPolicy: TrustPolicy,
        description: String? = nil,
        maxSessionSeconds: Int = Self.sessionSecondsDefault,
        createdAt: Date
    ) {
        self.account = account
        self.name = name
        self.path = path
        self.id = id
        self.trustPolicy = trustPolicy
        self.description = description
        self.maxSessionSeconds = maxSessionSeconds
        self.createdAt = createdAt
    }

    /// An hour (IAM API Reference, CreateRole, MaxSessionDuration).
    package static let sessionSecondsDefault = 3_600

    package static let type = EntityType.role
    package static let nameMember = "RoleName"
    package static let inlineCharactersMax = 10_240

    package var nameText: String { name.description }

    package static func kept(in resource: IAMResource) -> Kept<Role>? {
        if case .role(let kept) = resource { kept } else { nil }
    }
}

/// When and where a role's permissions were last used.
package struct RoleUse: Hashable, Sendable, Codable {
    package let date: Date
    package let region: String

    package init(date: Date, region: String) {
        self.date = date
        self.region = region
    }
}
