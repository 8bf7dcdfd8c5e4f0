import Testing

@testable import Authorization

@Suite("Explicit deny")
struct ExplicitDenyTests {
    private static let deny = #"{"Sid":"No","Effect":"Deny","Action":"kms:Decrypt","Resource":"*"}"#
    private static let allow = #"{"Effect":"Allow","Action":"*","Resource":"*"}"#

    private func decide(_ caller: Caller, policy: PolicyDocument) -> Decision {
        let grant = Grant(id: "g", grantee: .arn(Scenario.role), operations: ["Decrypt"])
        return Authorizer.decide(Scenario.request(caller, policy: policy, grants: [grant]))
    }

    @Test(arguments: [PolicyKind.key, .identity, .boundary, .session])
    func `wins wherever it stands, over policies and grants`(kind: PolicyKind) throws {
        let allowing = try Scenario.policy(kind, Self.allow(kind))
        let denying = try Scenario.policy(kind, Self.allow(kind), Self.deny(kind))
        func decision(_ document: PolicyDocument) throws -> Decision {
            func policy(_ own: PolicyKind) throws -> PolicyDocument {
                own == kind ? document : try Scenario.policy(own, Self.allow(own))
            }
            let caller = Scenario.session(
                identityPolicies: [try policy(.identity)],
                boundary: try policy(.boundary),
                sessionPolicies: [try policy(.session)]
            )
            return decide(caller, policy: try policy(.key))
        }
        #expect(try decision(allowing).isAllowed)
        let reference = StatementReference(kind: kind, policy: nil, index: 1, sid: "No")
        #expect(try decision(denying) == .denied(.explicitDeny(reference)))
    }

    @Test func `reaches the root user and everyone of a named account`() throws {
        let policy = try Scenario.policy(
            .key,
            Self.allow(.key),
            #"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"kms:Decrypt","Resource":"*"}"#
        )
        for caller in [Caller.root(account: Scenario.account), Scenario.user(), Scenario.session()] {
            #expect(!decide(caller, policy: policy).isAllowed)
        }
        #expect(decide(.service("s3.amazonaws.com"), policy: policy).isAllowed)
    }

    private static func allow(_ kind: PolicyKind) -> String { named(allow, kind) }

    private static func deny(_ kind: PolicyKind) -> String { named(deny, kind) }

    private static func named(_ statement: String, _ kind: PolicyKind) -> String {
        kind.namesPrincipals
            ? statement.replacing(#""Action""#, with: #""Principal":"*","Action""#) : statement
    }
}

@Suite("One account")
struct OneAccountTests {
    private let root = try? Scenario.keyPolicy(for: #"{"AWS":"arn:aws:iam::111122223333:root"}"#)
    private let none = try? Scenario.policy(.key)

    private func decide(
        _ caller: Caller,
        _ policy: PolicyDocument?,
        _ delegation: AuthorizationRequest.Delegation = .required,
        grants: [Grant] = []
    ) -> Decision {
        Authorizer.decide(Scenario.request(caller, policy: policy, delegation: delegation, grants: grants))
    }

    @Test func `allows the root user that the key policy names, and nobody unnamed`() throws {
        let reference = StatementReference(kind: .key, policy: nil, index: 0, sid: nil)
        #expect(decide(.root(account: Scenario.account), root) == .allowed(.resourcePolicy(reference)))
        #expect(decide(.root(account: Scenario.account), none) == .denied(.noAllow(.key)))
        #expect(decide(.root(account: Scenario.account), nil) == .denied(.noAllow(.resource)))
    }

    @Test(arguments: [
        Scenario.alice, Scenario.role, Scenario.roleSession, Scenario.federated, "*",
    ])
    func `allows whom the resource policy names, without an identity policy`(principal: String) throws {
        let policy = try Scenario.keyPolicy(for: #"{"AWS":"\#(principal)"}"#)
        let callers = [Scenario.user(), Scenario.session(), Scenario.federatedUser()]
        let allowed = callers.filter { decide($0, policy).isAllowed }.map(\.arn)
        let expected =
            switch principal {
            case Scenario.role: [Scenario.roleSession]
            case "*": callers.map(\.arn)
            default: [principal]
            }
        #expect(allowed == expected)
    }

    @Test func `delegates to identity policies through the account principal`() throws {
        let allowing = Scenario.user(identityPolicies: [try Scenario.allowAll(.identity)])
        let other = try Scenario.policy(
            .identity,
            #"{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}"#,
            #"{"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:us-east-1:111122223333:key/other"}"#
        )
        let key = StatementReference(kind: .key, policy: nil, index: 0, sid: nil)
        let identity = StatementReference(kind: .identity, policy: nil, index: 0, sid: nil)
        #expect(decide(allowing, root) == .allowed(.identityPolicy(identity, delegation: .statement(key))))
        #expect(decide(Scenario.user(), root) == .denied(.noAllow(.identity)))
        #expect(decide(Scenario.user(identityPolicies: [other]), root) == .denied(.noAllow(.identity)))
    }

    @Test func `takes an identity policy alone only where no delegation is required`() throws {
        let caller = Scenario.user(identityPolicies: [try Scenario.allowAll(.identity)])
        #expect(decide(caller, none) == .denied(.noAllow(.key)))
        #expect(decide(caller, nil) == .denied(.noAllow(.resource)))
        #expect(decide(caller, nil, .notRequired).isAllowed)
        #expect(decide(Scenario.user(), nil, .notRequired) == .denied(.noAllow(.identity)))
        #expect(
            decide(.root(account: Scenario.account), nil, .notRequired)
                == .allowed(.rootUser(delegation: nil))
        )
    }

    @Test func `lets a boundary limit identity policies and role ARNs, but not users and sessions`() throws {
        let boundary = try Scenario.policy(.boundary, #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#)
        let wide = try Scenario.allowAll(.boundary)
        let identity = [try Scenario.allowAll(.identity)]
        #expect(
            decide(Scenario.user(identityPolicies: identity, boundary: boundary), root)
                == .denied(.noAllow(.boundary))
        )
        #expect(decide(Scenario.user(identityPolicies: identity, boundary: wide), root).isAllowed)
        #expect(decide(Scenario.user(boundary: wide), root) == .denied(.noAllow(.identity)))

        let named = try Scenario.keyPolicy(for: #"{"AWS":["\#(Scenario.alice)","\#(Scenario.roleSession)"]}"#)
        #expect(decide(Scenario.user(boundary: boundary), named).isAllowed)
        #expect(decide(Scenario.session(boundary: boundary), named).isAllowed)

        let role = try Scenario.keyPolicy(for: #"{"AWS":"\#(Scenario.role)"}"#)
        #expect(decide(Scenario.session(boundary: boundary), role) == .denied(.noAllow(.boundary)))
        #expect(decide(Scenario.session(boundary: wide), role).isAllowed)
        let everyone = try Scenario.keyPolicy(for: #""*""#)
        #expect(decide(Scenario.session(boundary: boundary), everyone).isAllowed)
    }

    @Test func `lets session policies limit identity policies and role ARNs, but not sessions`() throws {
        let narrow = [try Scenario.policy(.session, #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#)]
        let wide = narrow + [try Scenario.allowAll(.session)]
        let identity = [try Scenario.allowAll(.identity)]
        let role = try Scenario.keyPolicy(for: #"{"AWS":"\#(Scenario.role)"}"#)
        let session = try Scenario.keyPolicy(for: #"{"AWS":"\#(Scenario.roleSession)"}"#)
        for (policies, allowed) in [(narrow, false), (wide, true), ([], false)] {
            let caller = Scenario.session(identityPolicies: identity, sessionPolicies: policies)
            #expect(decide(caller, root).isAllowed == allowed)
            #expect(decide(caller, role).isAllowed == allowed)
            #expect(decide(caller, session).isAllowed)
        }
        #expect(decide(Scenario.session(sessionPolicies: narrow), role) == .denied(.noAllow(.session)))
        #expect(decide(Scenario.session(sessionPolicies: wide), root) == .denied(.noAllow(.identity)))
    }

    @Test func `limits a federated session named through its user`() throws {
        let policy = try Scenario.keyPolicy(for: #"{"AWS":"\#(Scenario.alice)"}"#)
        #expect(decide(Scenario.federatedUser(), policy) == .denied(.noAllow(.session)))
        let wide = [try Scenario.allowAll(.session)]
        #expect(decide(Scenario.federatedUser(sessionPolicies: wide), policy).isAllowed)
    }

    @Test func `takes conditions into account`() throws {
        let policy = try Scenario.policy(
            .key,
            """
            {"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":\
            {"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}
            """
        )
        let direct = Scenario.request(Scenario.user(), policy: policy)
        let through = Scenario.request(
            Scenario.user(),
            policy: policy,
            context: DictionaryContext(["kms:ViaService": .single("s3.us-east-1.amazonaws.com")])
        )
        #expect(Authorizer.decide(direct) == .denied(.noAllow(.key)))
        #expect(Authorizer.decide(through).isAllowed)
    }

    @Test func `denies what names no operation, no resource or no account`() throws {
        let policy = try Scenario.keyPolicy(for: #""*""#)
        for (action, resource) in [("", Scenario.key), ("Decrypt", Scenario.key), ("kms:Decrypt", "")] {
            let request = Scenario.request(Scenario.user(), action, on: resource, policy: policy)
            #expect(Authorizer.decide(request) == .denied(.malformedRequest))
        }
        let request = AuthorizationRequest(
            caller: Scenario.user(account: ""),
            action: "kms:Decrypt",
            resource: Scenario.key,
            resourceAccount: "",
            resourcePolicy: policy,
            delegation: .required,
            allowsCrossAccount: true,
            context: DictionaryContext()
        )
        #expect(Authorizer.decide(request) == .denied(.malformedRequest))
    }
}

@Suite("Two accounts")
struct TwoAccountsTests {
    private func decide(
        _ caller: Caller,
        _ policy: PolicyDocument?,
        allowsCrossAccount: Bool = true,
        grants: [Grant] = []
    ) -> Decision {
        Authorizer.decide(
            Scenario.request(caller, policy: policy, allowsCrossAccount: allowsCrossAccount, grants: grants)
        )
    }

    @Test(arguments: ["444455556666", "arn:aws:iam::444455556666:user/alice", "*"])
    func `need the resource's policy and an identity policy`(principal: String) throws {
        let policy = try Scenario.keyPolicy(for: #"{"AWS":"\#(principal)"}"#)
        let identity = [try Scenario.allowAll(.identity)]
        let both = Scenario.user(account: Scenario.otherAccount, identityPolicies: identity)
        let one = Scenario.user(account: Scenario.otherAccount)
        #expect(decide(both, policy).isAllowed)
        #expect(decide(one, policy) == .denied(.noAllow(.identity)))
        #expect(decide(both, try Scenario.policy(.key)) == .denied(.noAllow(.key)))
        #expect(decide(both, nil) == .denied(.noAllow(.resource)))
        #expect(decide(both, policy, allowsCrossAccount: false) == .denied(.notCrossAccount))
    }

    @Test func `are not joined by an allowance for the resource's own account`() throws {
        let policy = try Scenario.keyPolicy(for: #"{"AWS":"111122223333"}"#)
        let identity = [try Scenario.allowAll(.identity)]
        let caller = Scenario.user(account: Scenario.otherAccount, identityPolicies: identity)
        #expect(decide(caller, policy) == .denied(.noAllow(.key)))
        #expect(decide(.root(account: Scenario.otherAccount), policy) == .denied(.noAllow(.key)))
    }

    @Test func `let the other root user in when its account is named`() throws {
        let policy = try Scenario.keyPolicy(for: #"{"AWS":"444455556666"}"#)
        let reference = StatementReference(kind: .key, policy: nil, index: 0, sid: nil)
        #expect(
            decide(.root(account: Scenario.otherAccount), policy)
                == .allowed(.rootUser(delegation: .statement(reference)))
        )
    }

    @Test func `always intersect with boundary and session policies`() throws {
        let session = "arn:aws:sts::444455556666:assumed-role/Deployer/ci"
        let policy = try Scenario.keyPolicy(for: #"{"AWS":"\#(session)"}"#)
        let identity = [try Scenario.allowAll(.identity)]
        let narrow = #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#
        func caller(boundary: PolicyDocument? = nil, sessionPolicies: [PolicyDocument]? = nil) -> Caller {
            Scenario.session(
                account: Scenario.otherAccount,
                identityPolicies: identity,
                boundary: boundary,
                sessionPolicies: sessionPolicies
            )
        }
        #expect(decide(caller(), policy).isAllowed)
        #expect(
            decide(caller(boundary: try Scenario.policy(.boundary, narrow)), policy)
                == .denied(.noAllow(.boundary))
        )
        #expect(
            decide(caller(sessionPolicies: [try Scenario.policy(.session, narrow)]), policy)
                == .denied(.noAllow(.session))
        )
    }

    @Test func `accept a grant for the resource's side`() throws {
        let arn = "arn:aws:iam::444455556666:user/alice"
        let grant = Grant(id: "g1", grantee: .arn(arn), operations: ["Decrypt"])
        let identity = [try Scenario.allowAll(.identity)]
        let caller = Scenario.user(account: Scenario.otherAccount, identityPolicies: identity)
        let reference = StatementReference(kind: .identity, policy: nil, index: 0, sid: nil)
        #expect(
            decide(caller, nil, grants: [grant])
                == .allowed(.identityPolicy(reference, delegation: .grant(id: "g1")))
        )
        let bare = Scenario.user(account: Scenario.otherAccount)
        #expect(decide(bare, nil, grants: [grant]) == .denied(.noAllow(.identity)))
    }
}

@Suite("Callers without account")
struct AccountlessTests {
    @Test func `are judged by the resource's policy alone`() throws {
        let provider = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com"
        let statement = """
            {"Effect":"Allow","Principal":{"Federated":"\(provider)"},"Action":"sts:AssumeRoleWithWebIdentity",\
            "Condition":{"StringEquals":{"oidc.example.com:aud":"sts.amazonaws.com"}}}
            """
        let trust = try Scenario.policy(.trust, statement)
        func decide(_ caller: Caller, _ action: String) -> Decision {
            Authorizer.decide(Scenario.request(caller, action, on: Scenario.role, policy: trust))
        }
        let good = Caller.webIdentity(
            provider: provider,
            keys: ["oidc.example.com:aud": .single("sts.amazonaws.com")]
        )
        let bad = Caller.webIdentity(provider: provider, keys: ["oidc.example.com:aud": .single("other")])
        #expect(decide(good, "sts:AssumeRoleWithWebIdentity").isAllowed)
        #expect(decide(bad, "sts:AssumeRoleWithWebIdentity") == .denied(.noAllow(.trust)))
        #expect(decide(good, "sts:AssumeRole") == .denied(.noAllow(.trust)))
    }

    @Test func `include services and the anonymous`() throws {
        let service = try Scenario.keyPolicy(for: #"{"Service":"s3.amazonaws.com"}"#)
        let everyone = try Scenario.keyPolicy(for: #""*""#)
        for (policy, caller, allowed) in [
            (service, Caller.service("s3.amazonaws.com"), true),
            (service, .service("sns.amazonaws.com"), false),
            (service, .anonymous, false), (everyone, .anonymous, true),
        ] {
            #expect(Authorizer.decide(Scenario.request(caller, policy: policy)).isAllowed == allowed)
        }
        #expect(
            !Authorizer.decide(Scenario.request(.anonymous, policy: nil, delegation: .notRequired)).isAllowed
        )
    }
}
