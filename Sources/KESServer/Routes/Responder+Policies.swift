import KES

/// The routes about policies and identities; both come from the configuration alone.
extension Responder {
    /// The moment since which the policies are what they are.
    private var createdAt: String { state.about.startedAt.rfc3339 }
    private var createdBy: String { state.policies.admin?.text ?? "" }

    func policy(_ request: KESRequest) throws(KESError) -> KESResponse {
        let policy = try state.policies.policy(request.resource)
        return .object { text in
            text.member("name", policy.name)
            if request.route == .policyRead { text.rules(of: policy) }
            text.created(at: createdAt, by: createdBy)
        }
    }

    func policies(_ request: KESRequest) throws(KESError) -> KESResponse {
        let pattern = try ListPattern(request.resource)
        let names = state.policies.policyNamesInOrder.filter { pattern.matches($0) }
        if request.wantsLines {
            return .lines(names) { text, name in
                text.object {
                    $0.member("name", name)
                    $0.created(at: createdAt, by: createdBy)
                }
            }
        }
        let page = NamePage(of: names, for: pattern)
        return .object { text in
            text.member("names")
            text.array(page.names) { $0.string($1) }
            text.member("continue_at", page.continueAt ?? "")
        }
    }

    func identity(_ request: KESRequest) throws(KESError) -> KESResponse {
        guard let identity = Identity(try KESName.checked(request.resource, .identity)) else {
            throw .identityMissing
        }
        let policy = try state.policies.policy(of: identity)
        return .object { text in
            if let policy { text.member("policy", policy.name) } else { text.member("admin", true) }
            text.created(at: createdAt, by: policy == nil ? "" : createdBy)
        }
    }

    func identities(_ request: KESRequest) throws(KESError) -> KESResponse {
        let pattern = try ListPattern(request.resource)
        let found = state.policies.identities.filter { pattern.matches($0.identity.text) }
        if request.wantsLines {
            return .lines(found) { text, item in
                text.object {
                    $0.member("identity", item.identity.text)
                    if let policy = item.policy {
                        $0.member("policy", policy)
                    } else {
                        $0.member("admin", true)
                    }
                    $0.created(at: createdAt, by: item.policy == nil ? "" : createdBy)
                }
            }
        }
        let page = NamePage(of: found.map(\.identity.text), for: pattern)
        return .object { text in
            text.member("identities")
            text.array(page.names) { $0.string($1) }
            text.member("continue_at", page.continueAt ?? "")
        }
    }

    /// Who the caller is and what it may do, in the flat form that clients read.
    func selfDescription(_ request: KESRequest) throws(KESError) -> KESResponse {
        guard let identity = request.identity else { throw .clientCertificateMissing }
        let policy = try state.policies.policy(of: identity)
        return .object { text in
            text.member("identity", identity.text)
            if policy == nil { text.member("admin", true) }
            text.created(at: createdAt, by: policy == nil ? "" : createdBy)
            if let policy {
                text.member("policy", policy.name)
                text.rules(of: policy)
            }
        }
    }
}

extension JSONText {
    fileprivate mutating func created(at moment: String, by identity: String) {
        member("created_at", moment)
        if !identity.isEmpty { member("created_by", identity) }
    }

    /// Each rule is a member whose value has nothing to say.
    fileprivate mutating func rules(of policy: KESPolicy) {
        for (name, patterns) in [("allow", policy.allow), ("deny", policy.deny)] where !patterns.isEmpty {
            member(name)
            object { text in
                for pattern in patterns {
                    text.member("\(pattern)")
                    text.raw("{}")
                }
            }
        }
    }
}
