package import AWSProtocol
package import Authorization
import Storage

/// The compiled policies of a user or role, and the records they were made of.
struct Permissions: Sendable {
    var identityPolicies: [PolicyDocument] = []
    /// Where each of the identity policies comes from, in their order.
    var origins: [PolicyOrigin] = []
    var boundary: PolicyDocument?
    var sources: Set<RecordKey> = []
}

/// A user with its policies compiled: what its access keys and its sessions stand for.
package final class UserSnapshot: Resident {
    package let user: User
    package let caller: Caller
    /// Where each of the caller's identity policies comes from, in their order.
    package let origins: [PolicyOrigin]
    let sources: Set<RecordKey>

    init(_ user: User, _ permissions: Permissions) {
        self.user = user
        caller = Caller(
            type: .user,
            arn: user.arn,
            account: user.account.description,
            uniqueID: user.id.description,
            username: user.name.description,
            tags: user.tags,
            identityPolicies: permissions.identityPolicies,
            boundary: permissions.boundary
        )
        origins = permissions.origins
        sources = permissions.sources
    }
}

/// A role with its policies compiled: who may assume it, and what its sessions may do.
package final class RoleSnapshot: Resident {
    package let role: Role
    /// Matches principals by the unique ids they had when it was written.
    package let trustPolicy: PolicyDocument
    package let identityPolicies: [PolicyDocument]
    /// Where each of the identity policies comes from, in their order.
    package let origins: [PolicyOrigin]
    package let boundary: PolicyDocument?
    /// The records it was made of: what is made of the snapshot is stale when it is.
    let sources: Set<RecordKey>

    init(_ role: Role, trustPolicy: PolicyDocument, _ permissions: Permissions) {
        self.role = role
        self.trustPolicy = trustPolicy
        identityPolicies = permissions.identityPolicies
        boundary = permissions.boundary
        origins = permissions.origins
        sources = permissions.sources
    }
}

extension IdentityDirectory {
    /// How often what changed while it was read is read anew.
    private static var readingsMax: Int { 8 }

    /// A user with its policies, those of its groups, and its boundary; nil when there is none of that name.
    package func user(_ name: UserName, of account: AccountID) async throws(IAMError) -> UserSnapshot? {
        try await settled { () async throws(IAMError) -> UserSnapshot? in
            let key = User.recordKey(account, name)
            guard let (user, version) = try await versioned(User.self, key) else { return nil }
            var permissions = try await permissions(of: Kept(user, version: version))
            for id in user.groups { try await add(group: id, to: &permissions) }
            return UserSnapshot(user, permissions)
        }
    }

    /// A group with its policies; nil when there is none of that name.
    func group(_ locator: EntityLocator) async throws(IAMError) -> Permissions? {
        try await settled { () async throws(IAMError) -> Permissions? in
            guard let (group, version) = try await versioned(Group.self, locator.recordKey) else {
                return nil
            }
            var permissions = Permissions()
            try await addPolicies(of: Kept(group, version: version), to: &permissions)
            return permissions
        }
    }

    /// A role with its policies and its boundary if it is in memory.
    package func residentRole(_ name: RoleName, of account: AccountID) -> RoleSnapshot? {
        roles[EntityLocator(.role, account, name.description).recordKey.key]
    }

    /// A role with its policies and its boundary, read from the store when needed; nil when there is none.
    package func role(_ name: RoleName, of account: AccountID) async throws(IAMError) -> RoleSnapshot? {
        let key = EntityLocator(.role, account, name.description).recordKey
        if let resident = roles[key.key] { return resident }
        return try await settled { () async throws(IAMError) -> RoleSnapshot? in
            let ticket = roles.beginLoading()
            guard let (role, version) = try await versioned(Role.self, key) else { return nil }
            let permissions = try await permissions(of: Kept(role, version: version))
            let trust: PolicyDocument
            do throws(PolicyError) {
                trust = try role.trustPolicy.compiled()
            } catch {
                throw .storage(.corrupted(.record(key)))
            }
            let snapshot = RoleSnapshot(role, trustPolicy: trust, permissions)
            roles.install(snapshot, at: key.key, ticket: ticket)
            return snapshot
        }
    }

    /// Reads again what changed while it was read.
    func settled<Value>(
        _ body: () async throws(IAMError) -> Value
    ) async throws(IAMError) -> Value {
        var readingsLeft = Self.readingsMax
        while true {
            readingsLeft -= 1
            do throws(IAMError) {
                return try await body()
            } catch .superseded where readingsLeft > 0 {
                continue
            }
        }
    }
}

// MARK: Policies

extension IdentityDirectory {
    private func add(group id: PrincipalID, to permissions: inout Permissions) async throws(IAMError) {
        // A group with members cannot be deleted: one that is missing was left meanwhile.
        guard let place = try await read(EntityPlace.self, id.recordKey),
            let (group, version) = try await versioned(Group.self, place.locator.recordKey), group.id == id
        else { throw .superseded }
        permissions.sources.insert(id.recordKey)
        try await addPolicies(of: Kept(group, version: version), to: &permissions)
    }

    private func permissions(
        of principal: Kept<some PrincipalEntity>
    ) async throws(IAMError) -> Permissions {
        var permissions = Permissions()
        try await addPolicies(of: principal, to: &permissions)
        if let arn = principal.value.permissionsBoundary {
            permissions.boundary = try await compiled(arn, as: .boundary, &permissions.sources)
        }
        return permissions
    }

    /// Adds the inline and attached policies of an entity.
    ///
    /// - Throws: When one cannot be read: then nothing is known of what the entity must not do, and it may do
    ///   nothing.
    private func addPolicies(
        of holder: Kept<some PolicyHolder>,
        to permissions: inout Permissions
    ) async throws(IAMError) {
        permissions.sources.insert(holder.value.recordKey)
        do throws(PolicyError) {
            permissions.identityPolicies += try compiledPolicies.inline(of: holder)
        } catch {
            throw .storage(.corrupted(.record(holder.value.recordKey)))
        }
        permissions.origins += holder.value.inlinePolicies.keys.sorted().map {
            PolicyOrigin(holder: holder.value.locator, policy: .inline($0))
        }
        for arn in holder.value.attachedPolicies {
            permissions.identityPolicies.append(
                try await compiled(arn, as: .identity, &permissions.sources)
            )
            permissions.origins.append(PolicyOrigin(holder: holder.value.locator, policy: .managed(arn)))
        }
    }

    private func compiled(
        _ arn: PolicyARN,
        as kind: PolicyKind,
        _ sources: inout Set<RecordKey>
    ) async throws(IAMError) -> PolicyDocument {
        // A policy in use cannot be deleted: one that is missing was detached meanwhile.
        guard let policy = try await compiledPolicy(arn, as: kind) else { throw .superseded }
        sources.insert(arn.recordKey)
        return policy
    }

    /// A managed policy of an account or of AWS; nil when there is none of exactly that ARN.
    package func managedPolicy(_ arn: PolicyARN) async throws(IAMError) -> Kept<ManagedPolicy>? {
        guard arn.account != nil else { return AWSManagedPolicies.policy(arn) }
        guard let (policy, version) = try await versioned(ManagedPolicy.self, arn.recordKey),
            policy.arn == arn
        else { return nil }
        return Kept(policy, version: version)
    }

    /// A managed policy compiled, such as the session policies that a request names; nil when there is none.
    package func compiledPolicy(
        _ arn: PolicyARN,
        as kind: PolicyKind
    ) async throws(IAMError) -> PolicyDocument? {
        guard let kept = try await managedPolicy(arn) else { return nil }
        do throws(PolicyError) {
            return try compiledPolicies.managed(kept, as: kind)
        } catch {
            throw .storage(.corrupted(.record(arn.recordKey)))
        }
    }
}
