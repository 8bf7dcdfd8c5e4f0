import AWSProtocol
import Authorization
import Operations

/// The user, group or role whose policies a request asks about.
struct SimulationPrincipal: Sendable {
    let caller: Caller
    let knowsCaller: Bool
    let sources: [PolicySimulation.Source]
}

extension IAMService {
    /// What a request's `PolicySourceArn` stands for, with its policies compiled.
    ///
    /// - Throws: `.superseded` when it is gone meanwhile.
    func principal(_ resource: IAMResource) async throws(IAMError) -> SimulationPrincipal {
        switch resource {
        case .user(let kept):
            guard let snapshot = try await directory.user(kept.value.name, of: kept.value.account) else {
                throw .superseded
            }
            return SimulationPrincipal(
                caller: snapshot.caller,
                knowsCaller: true,
                sources: snapshot.origins.map(PolicySimulation.Source.init)
            )
        case .role(let kept):
            guard let snapshot = try await directory.role(kept.value.name, of: kept.value.account) else {
                throw .superseded
            }
            return SimulationPrincipal(
                caller: snapshot.simulatedCaller,
                knowsCaller: true,
                sources: snapshot.origins.map(PolicySimulation.Source.init)
            )
        case .group(let kept):
            guard let permissions = try await directory.group(kept.value.locator) else { throw .superseded }
            return SimulationPrincipal(
                caller: .simulated(in: kept.value.account, permissions.identityPolicies),
                knowsCaller: false,
                sources: permissions.origins.map(PolicySimulation.Source.init)
            )
        case .instanceProfile, .policy, .accessKey, .provider, .userWithPasswordPolicy, .root:
            preconditionFailure("the request names a user, group or role")
        }
    }
}

extension PolicySimulation.Source {
    init(_ origin: PolicyOrigin) {
        switch origin.policy {
        case .inline(let name): self.init(id: name, type: origin.holder.type.rawValue)
        case .managed(let arn):
            self.init(
                id: arn.name.description,
                type: arn.account == nil ? "aws-managed" : "user-managed"
            )
        }
    }
}

extension RoleSnapshot {
    /// A session of the role as nobody has it yet.
    fileprivate var simulatedCaller: Caller {
        Caller(
            type: .assumedRole,
            arn: "arn:aws:sts::\(role.account):assumed-role/\(role.name)/simulation",
            account: role.account.description,
            uniqueID: "\(role.id):simulation",
            issuerARN: role.arn,
            issuerID: role.id.description,
            tags: role.tags,
            identityPolicies: identityPolicies,
            boundary: boundary
        )
    }
}

extension Caller {
    /// Nobody in particular, with policies.
    static func simulated(in account: AccountID, _ policies: [PolicyDocument]) -> Caller {
        Caller(
            type: .user,
            arn: "arn:aws:iam::\(account):user/",
            account: account.description,
            uniqueID: "",
            identityPolicies: policies
        )
    }

    /// The caller under the name of a user, as a simulation may ask.
    func named(_ user: EntityLocator?) -> Caller {
        guard let user else { return self }
        return Caller(
            type: .user,
            arn: user.arn(),
            account: user.account.description,
            uniqueID: uniqueID,
            username: user.name,
            tags: tags,
            identityPolicies: identityPolicies,
            boundary: boundary
        )
    }

    /// The caller with further identity policies, and another boundary if one is given.
    func adding(_ policies: [PolicyDocument], boundary other: PolicyDocument?) -> Caller {
        Caller(
            type: type,
            arn: arn,
            account: account,
            uniqueID: uniqueID,
            issuerARN: issuerARN,
            issuerID: issuerID,
            username: username,
            tags: tags,
            identityPolicies: identityPolicies + policies,
            boundary: other ?? boundary
        )
    }
}
