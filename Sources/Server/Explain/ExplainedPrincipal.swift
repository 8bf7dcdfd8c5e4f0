import AWSProtocol
package import Authorization
package import IAM

/// A principal as the engine sees it, and where its policies come from.
package struct ExplainedPrincipal: Sendable {
    package let caller: Caller
    /// Where each of the caller's identity policies comes from, in their order.
    package let origins: [PolicyOrigin]

    /// The root user of an account, or a service.
    init(_ caller: Caller) {
        self.init(caller, origins: [])
    }

    private init(_ caller: Caller, origins: [PolicyOrigin]) {
        self.caller = caller
        self.origins = origins
    }

    /// The principal in a call that a service makes for it.
    func calling(via service: String) -> ExplainedPrincipal {
        ExplainedPrincipal(caller.calling(via: service), origins: origins)
    }

    init(_ user: UserSnapshot) {
        caller = user.caller
        origins = user.origins
    }

    /// A session of a role.
    init(_ role: RoleSnapshot, session: String) {
        let about = role.role
        caller = Caller(
            type: .assumedRole,
            arn: "arn:aws:sts::\(about.account):assumed-role/\(about.name)/\(session)",
            account: about.account.description,
            uniqueID: "\(about.id):\(session)",
            issuerARN: about.arn,
            issuerID: about.id.description,
            tags: about.tags,
            identityPolicies: role.identityPolicies,
            boundary: role.boundary
        )
        origins = role.origins
    }

    /// What the principal is called in lists: a role by its own ARN.
    package var arn: String { caller.roleARN ?? caller.arn }
}

extension AccessExplainer {
    /// The session that a role without one is asked about in.
    private static let sessionDefault = "any-session"

    /// The principal with an ARN: a root user, a user, a role or a session of it; or a service by its name.
    package func principal(_ text: String) async throws(ExplainError) -> ExplainedPrincipal {
        if text.hasSuffix(".amazonaws.com"), PrincipalPattern(service: text) != nil {
            return ExplainedPrincipal(.service(text))
        }
        guard let arn = ARN(text), arn.region == nil, let account = arn.account else {
            throw .question("'\(text)' is not the ARN of a user, a role, a role's session or a root user.")
        }
        let parts = arn.resource.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (arn.service, parts.first, parts.count) {
        case ("iam", "root", 1): return try await root(of: account)
        case ("iam", "user", 2...):
            let user = try await reading { () async throws(IAMError) -> UserSnapshot? in
                guard let name = parts.last.flatMap(UserName.init) else { return nil }
                return try await directory.user(name, of: account)
            }
            guard let user, user.user.arn == text else { throw .absent("There is no user \(text).") }
            return ExplainedPrincipal(user)
        case ("iam", "role", 2...):
            guard let role = try await role(parts.last, of: account), role.role.arn == text else {
                throw .absent("There is no role \(text).")
            }
            return ExplainedPrincipal(role, session: Self.sessionDefault)
        case ("sts", "assumed-role", 3):
            guard let role = try await role(parts[1], of: account) else {
                throw .absent("There is no role \(parts[1]) in account \(account).")
            }
            return ExplainedPrincipal(role, session: parts[2])
        default:
            throw .question("\(text) is not the ARN of a user, a role, a role's session or a root user.")
        }
    }

    private func role(
        _ name: String?,
        of account: AccountID
    ) async throws(ExplainError) -> RoleSnapshot? {
        try await reading { () async throws(IAMError) -> RoleSnapshot? in
            guard let name = name.flatMap(RoleName.init) else { return nil }
            return try await directory.role(name, of: account)
        }
    }

    private func root(of account: AccountID) async throws(ExplainError) -> ExplainedPrincipal {
        let caller = Caller.root(account: account.description)
        guard case .exists = await directory.status(of: .account(account.description)) else {
            throw .absent("There is no account \(account).")
        }
        return ExplainedPrincipal(caller)
    }
}
