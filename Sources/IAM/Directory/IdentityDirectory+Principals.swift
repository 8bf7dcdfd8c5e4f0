import AWSProtocol
package import Authorization

extension IdentityDirectory: PrincipalDirectory {
    /// Whether a principal exists here.
    ///
    /// Accounts, users, roles and OpenID Connect providers exist when their records do, sessions of a role when
    /// the role does, sessions of GetFederationToken when the account does. S3's canonical users do not exist.
    /// All services exist. While the store fails nobody can tell.
    package func status(of principal: PrincipalPattern) async -> PrincipalStatus {
        do throws(IAMError) {
            switch principal {
            case .everyone, .service: return .exists(uniqueID: nil)
            case .account(let text):
                guard let account = AccountID(text) else { return .absent }
                return try await status(ofAccount: account)
            case .arn(let text):
                guard let arn = ARN(text) else { return .absent }
                return try await status(of: arn)
            case .uniqueID(let text):
                // A session's id begins with its role's.
                guard let id = PrincipalID(String(text.prefix { $0 != ":" })),
                    let entity = try await userOrRole(id)
                else { return .absent }
                return .exists(uniqueID: entity.id.description)
            case .federated(let text):
                guard let arn = ARN(text), let account = arn.account,
                    arn.resource.hasPrefix("oidc-provider/"),
                    try await openIDConnectProvider(
                        String(arn.resource.dropFirst("oidc-provider/".count)),
                        of: account
                    ) != nil
                else { return .absent }
                return .exists(uniqueID: nil)
            case .canonicalUser: return .absent
            }
        } catch {
            return .unknown(reason: error.description)
        }
    }

    private func status(ofAccount account: AccountID) async throws(IAMError) -> PrincipalStatus {
        try await read(Account.self, account.recordKey) == nil ? .absent : .exists(uniqueID: nil)
    }

    /// Users and roles with their paths, and sessions.
    private func status(of arn: ARN) async throws(IAMError) -> PrincipalStatus {
        let parts = arn.resource.split(separator: "/").map(String.init)
        guard let account = arn.account, let name = parts.last else { return .absent }
        switch (arn.service, parts[0]) {
        case ("iam", "user"):
            return status(try await read(User.self, EntityLocator(.user, account, name).recordKey), arn)
        case ("iam", "role"):
            return status(try await read(Role.self, EntityLocator(.role, account, name).recordKey), arn)
        case ("sts", "assumed-role"):
            let key = EntityLocator(.role, account, parts.count == 3 ? parts[1] : "").recordKey
            return try await read(Role.self, key).map { .exists(uniqueID: $0.id.description) } ?? .absent
        case ("sts", "federated-user"): return try await status(ofAccount: account)
        default: return .absent
        }
    }

    private func status(_ entity: (some Entity)?, _ arn: ARN) -> PrincipalStatus {
        guard let entity, entity.arn == arn.description else { return .absent }
        return .exists(uniqueID: entity.id.description)
    }

    /// The user or role with a unique id, if it still is the one of its name.
    func userOrRole(_ id: PrincipalID) async throws(IAMError) -> (any PrincipalEntity)? {
        guard let place = try await read(EntityPlace.self, id.recordKey) else { return nil }
        let key = place.locator.recordKey
        let entity: (any PrincipalEntity)? =
            switch place.locator.type {
            case .user: try await read(User.self, key)
            case .role: try await read(Role.self, key)
            case .group, .policy, .instanceProfile: nil
            }
        return entity?.id == id ? entity : nil
    }
}
