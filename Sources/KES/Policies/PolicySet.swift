/// All policies and who is in them: an immutable value that a reload swaps whole.
package struct PolicySet: Sendable {
    /// Nil when nobody is.
    package let admin: Identity?
    private let policies: [String: KESPolicy]
    private let policyNames: [Identity: String]
    private let policyOf: [Identity: KESPolicy]

    /// Each identity is in one policy at most, and the admin in none; the configuration sees to it.
    package init(admin: Identity?, policies: [KESPolicy], assignments: [Identity: String]) {
        self.admin = admin
        self.policies = Dictionary(policies.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        policyNames = assignments
        policyOf = assignments.compactMapValues { [policies = self.policies] in policies[$0] }
    }

    /// Decides; the method plays no part, each path has one.
    package func decide(_ identity: Identity, path: [UInt8]) -> PolicyDecision {
        if identity == admin { return .allowedAsAdmin }
        guard let policy = policyOf[identity] else { return .deniedWithoutPolicy }
        return policy.decide(path)
    }

    package func policy(_ name: String) throws(KESError) -> KESPolicy {
        guard let policy = policies[try KESName.checked(name, .policy)] else { throw .policyMissing }
        return policy
    }

    /// The policy that an identity is in; nil for the admin.
    package func policy(of identity: Identity) throws(KESError) -> KESPolicy? {
        if identity == admin { return nil }
        guard let policy = policyOf[identity] else { throw .identityMissing }
        return policy
    }

    /// The names of all policies, in order.
    package var policyNamesInOrder: [String] { policies.keys.sorted() }

    /// All identities with the names of their policies, in order; the admin has none.
    package var identities: [(identity: Identity, policy: String?)] {
        let assigned = policyNames.map { (identity: $0.key, policy: Optional($0.value)) }
        let all = assigned + (admin.map { [(identity: $0, policy: nil)] } ?? [])
        return all.sorted { $0.identity.text < $1.identity.text }
    }
}
