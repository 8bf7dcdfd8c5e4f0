import AWSProtocol
package import Operations

/// Shows all users, groups, roles and policies of the account with what permits them.
///
/// Source: IAM API Reference, GetAccountAuthorizationDetails. Of the policies of AWS those in use are shown.
package enum GetAccountAuthorizationDetails: AccountOperation {
    package struct Request: Sendable {
        let account: AccountID
        let parts: Set<AccountDetail.Part>
        let page: PageInput
    }

    package static let name = "GetAccountAuthorizationDetails"
    package static let errors = ["ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<AccountDetail> {
        let request = call.request
        let page = try iam.page(request.page, of: name, for: call.call)
        let found = try await iam.details(
            of: request.parts,
            in: request.account,
            after: page.after,
            max: page.limit + 1
        )
        return try iam.page(found, page, of: name, for: call.call, position: \.position)
    }
}

// MARK: Wire

extension GetAccountAuthorizationDetails {
    package static let input: [Member] = [.optional("Filter", .list(.entityFilter))] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        let filter = input.strings("Filter") ?? []
        let parts = filter.compactMap(AccountDetail.Part.init(rawValue:))
        return Request(
            account: try call.account(),
            parts: Set(parts.isEmpty ? AccountDetail.Part.allCases : parts),
            page: PageInput(input)
        )
    }

    package static func encode(_ response: Page<AccountDetail>, into output: inout OutputWriter) {
        var users: [(User, [String])] = []
        var groups: [Group] = []
        var roles: [(Role, [InstanceProfile], RoleUse?)] = []
        var policies: [PolicyView] = []
        for detail in response.elements {
            switch detail {
            case .user(let user, let names): users.append((user, names))
            case .group(let group): groups.append(group)
            case .role(let role, let profiles, let use): roles.append((role, profiles, use))
            case .policy(let view): policies.append(view)
            }
        }
        output.objects("UserDetailList", users) { $0.detail($1.0, in: $1.1) }
        output.objects("GroupDetailList", groups) { $0.detail($1) }
        output.objects("RoleDetailList", roles) { $0.detail($1.0, $1.1, $1.2) }
        output.objects("Policies", policies) { output, view in
            output.managedPolicy(view.policy, view.usage, inList: true)
            output.string("Description", view.policy.description)
            output.objects("PolicyVersionList", view.policy.versions) {
                $0.policyVersion($1, of: view.policy, showsText: true)
            }
        }
        output.pageEnd(response.marker)
    }
}

extension OutputWriter {
    fileprivate mutating func detail(_ user: User, in groups: [String]) {
        self.user(user)
        policies("UserPolicyList", of: user)
        strings("GroupList", groups)
    }

    fileprivate mutating func detail(_ group: Group) {
        self.group(group)
        policies("GroupPolicyList", of: group)
    }

    fileprivate mutating func detail(_ role: Role, _ profiles: [InstanceProfile], _ use: RoleUse?) {
        members(of: role, nameMember: "RoleName", idMember: "RoleId")
        policyDocument("AssumeRolePolicyDocument", role.trustPolicy.text)
        objects("InstanceProfileList", profiles) { $0.instanceProfile($1, role: role, inList: true) }
        policies("RolePolicyList", of: role)
        boundary(role.permissionsBoundary)
        tags(of: role.tags)
        object("RoleLastUsed") { output in
            output.timestamp("LastUsedDate", use?.date)
            output.string("Region", use?.region)
        }
    }

    /// Inline policies with their texts, and attached ones by name.
    private mutating func policies(_ name: String, of holder: some PolicyHolder) {
        objects(name, holder.inlinePolicies.sorted { $0.key < $1.key }) { output, policy in
            output.string("PolicyName", policy.key)
            output.policyDocument("PolicyDocument", policy.value)
        }
        objects("AttachedManagedPolicies", holder.attachedPolicies) { output, arn in
            output.string("PolicyName", arn.name.description)
            output.string("PolicyArn", arn.description)
        }
    }
}
