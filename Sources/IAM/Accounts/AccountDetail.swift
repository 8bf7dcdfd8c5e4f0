import AWSProtocol
import Operations
import Storage

/// One user, group, role or policy with all that it has.
package enum AccountDetail: Sendable {
    case user(User, groups: [String])
    case group(Group)
    case role(Role, profiles: [InstanceProfile], use: RoleUse?)
    case policy(PolicyView)

    /// The parts of the list, in their order.
    enum Part: String, CaseIterable, Sendable {
        case user = "User"
        case group = "Group"
        case role = "Role"
        case ownPolicy = "LocalManagedPolicy"
        case awsPolicy = "AWSManagedPolicy"

        var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Where the detail stands in the list.
    var position: String {
        switch self {
        case .user(let user, _): "\(Part.user.index)/\(user.name.folded)"
        case .group(let group): "\(Part.group.index)/\(group.name.folded)"
        case .role(let role, _, _): "\(Part.role.index)/\(role.name.folded)"
        case .policy(let view):
            "\((view.policy.arn.account == nil ? Part.awsPolicy : .ownPolicy).index)/\(view.policy.arn.name.folded)"
        }
    }
}

extension IAMService {
    /// Details of parts of an account after a position, as many as `max`.
    func details(
        of parts: Set<AccountDetail.Part>,
        in account: AccountID,
        after position: String?,
        max: Int
    ) async throws(IAMError) -> [AccountDetail] {
        let last = position.flatMap { text -> (part: Int, name: String)? in
            guard let slash = text.firstIndex(of: "/"), let part = Int(text[..<slash]) else { return nil }
            return (part, String(text[text.index(after: slash)...]))
        }
        var details: [AccountDetail] = []
        for part in AccountDetail.Part.allCases where parts.contains(part) && part.index >= last?.part ?? 0 {
            guard details.count < max else { break }
            let after = part.index == last?.part ? last?.name : nil
            details += try await self.details(of: part, in: account, after: after, max: max - details.count)
        }
        return details
    }

    private func details(
        of part: AccountDetail.Part,
        in account: AccountID,
        after: String?,
        max: Int
    ) async throws(IAMError) -> [AccountDetail] {
        var details: [AccountDetail] = []
        switch part {
        case .user:
            for user in try await entities(of: User.self, in: account, after: after, max: max) {
                var groups: [String] = []
                for id in user.groups {
                    if let group = try await entity(id, as: Group.self) {
                        groups.append(group.value.nameText)
                    }
                }
                details.append(.user(user, groups: groups))
            }
        case .group:
            details = try await entities(of: Group.self, in: account, after: after, max: max)
                .map { .group($0) }
        case .role:
            for role in try await entities(of: Role.self, in: account, after: after, max: max) {
                var profiles: [InstanceProfile] = []
                for name in role.instanceProfiles {
                    let key = EntityLocator(.instanceProfile, account, name.description).recordKey
                    if let profile = try await directory.read(InstanceProfile.self, key) {
                        profiles.append(profile)
                    }
                }
                details.append(
                    .role(role, profiles: profiles, use: try await directory.lastUse(ofRole: role.id))
                )
            }
        case .ownPolicy:
            let policies = try await ownPolicies(of: account, after: after, max: max)
            details = try await views(policies, in: account).map { .policy($0) }
        case .awsPolicy:
            let policies = AWSManagedPolicies.all.filter { $0.arn.name.folded > after ?? "" }
            // Those that nobody uses would tell nothing about the account.
            details = try await views(policies, in: account)
                .filter { $0.usage.attachments + $0.usage.boundaries > 0 }.prefix(max).map { .policy($0) }
        }
        return details
    }
}
