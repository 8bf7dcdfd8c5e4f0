import Testing

@testable import Authorization

@Suite("Principals")
struct PrincipalTests {
    @Test(arguments: [
        ("*", PrincipalPattern.everyone),
        ("111122223333", .account("111122223333")),
        ("arn:aws:iam::111122223333:root", .account("111122223333")),
        ("arn:aws-cn:iam::111122223333:root", .account("111122223333")),
        (Scenario.alice, .arn(Scenario.alice)),
        (Scenario.role, .arn(Scenario.role)),
        (Scenario.roleSession, .arn(Scenario.roleSession)),
        (Scenario.federated, .arn(Scenario.federated)),
        ("AIDAALICE00000000001", .uniqueID("AIDAALICE00000000001")),
        ("AROADEPLOYER00000001:ci", .uniqueID("AROADEPLOYER00000001:ci")),
    ])
    func `are read from the AWS member`(text: String, expected: PrincipalPattern) {
        #expect(PrincipalPattern(aws: text) == expected)
    }

    @Test(arguments: [
        "", "alice", "11112222333", "1111222233334", "11112222333x", "arn:aws:iam::111122223333:user/*",
        "arn:aws:iam::111122223333:user/a?", "arn:aws:iam::*:root", "arn:aws:iam::111122223333:*",
        "arn:aws:iam::111122223333:group/admins", "arn:aws:iam::111122223333:user",
        "arn:aws:iam::111122223333:user/",
        "arn:aws:iam::111122223333:role//x", "arn:aws:iam:us-east-1:111122223333:user/a",
        "arn:aws:iam:::user/a",
        "arn:aws:sts::111122223333:assumed-role/Deployer", "arn:aws:sts::111122223333:assumed-role/a/b/c",
        "arn:aws:sts::111122223333:federated-user/a/b", "arn:aws:s3:::bucket",
        "arn:evil:iam::111122223333:root",
        "arn:aws:iam::111122223333:root/x", "arn:aws:iam::111122223333:user/b ob", "AIDA",
        "AIDAalice00000000001",
        "AROADEPLOYER00000001:", "arn:aws:iam::111122223333:user/älice", "**", "s3.amazonaws.com",
    ])
    func `are refused when they name nobody`(text: String) {
        #expect(PrincipalPattern(aws: text) == nil)
        #expect(throws: PolicyError.invalidPrincipal(text)) {
            try Scenario.keyPolicy(for: #"{"AWS":["111122223333","\#(text)"]}"#)
        }
    }

    @Test(arguments: [
        #"{"Service":"*"}"#, #"{"Service":"amazonaws"}"#, #"{"Service":"s3..amazonaws.com"}"#,
        #"{"Federated":"*"}"#,
        #"{"Federated":"arn:aws:iam::111122223333:user/a"}"#, #"{"CanonicalUser":"79a59d"}"#,
        #""111122223333""#,
    ])
    func `of other types are refused likewise`(principal: String) throws {
        #expect {
            try Scenario.keyPolicy(for: principal)
        } throws: { error in
            if case .invalidPrincipal = error as? PolicyError { true } else { false }
        }
    }

    @Test(arguments: [#"{"User":"*"}"#, #"{"aws":"*"}"#])
    func `of unknown types are refused`(principal: String) {
        #expect(throws: PolicyError.self) { try Scenario.keyPolicy(for: principal) }
    }

    @Test(arguments: [#"{}"#, #"{"AWS":[]}"#, "[]", "1", "null", #"["*"]"#, #"{"AWS":{"a":"*"}}"#])
    func `need a type and a value`(principal: String) {
        #expect(throws: PolicyError.wrongType(element: "Principal")) {
            try Scenario.keyPolicy(for: principal)
        }
    }

    static let canonicalID = String(repeating: "ab", count: 32)
    static let accountRoot = Caller(
        type: .root,
        arn: "arn:aws:iam::111122223333:root",
        account: Scenario.account,
        uniqueID: Scenario.account,
        canonicalUserID: canonicalID
    )

    @Test(
        arguments: [
            (PrincipalPattern.everyone, PrincipalMatch.direct, .direct, .direct, .direct),
            (.account("111122223333"), .direct, .account, .account, .account),
            (.account("444455556666"), .none, .none, .none, .none),
            (.arn(Scenario.alice), .none, .direct, .none, .issuer),
            (.arn(Scenario.role), .none, .none, .issuer, .none),
            (.arn(Scenario.roleSession), .none, .none, .direct, .none),
            (.arn("arn:aws:sts::111122223333:assumed-role/Deployer/other"), .none, .none, .none, .none),
            (.arn(Scenario.federated), .none, .none, .none, .direct),
            (.uniqueID("AIDAALICE00000000001"), .none, .direct, .none, .issuer),
            (.uniqueID("AROADEPLOYER00000001"), .none, .none, .issuer, .none),
            (.uniqueID("AROADEPLOYER00000001:ci"), .none, .none, .direct, .none),
            (.service("s3.amazonaws.com"), .none, .none, .none, .none),
            (.canonicalUser(canonicalID), .direct, .none, .none, .none),
        ] as [(PrincipalPattern, PrincipalMatch, PrincipalMatch, PrincipalMatch, PrincipalMatch)]
    )
    func `match root, user, role session and federated session`(
        pattern: PrincipalPattern,
        root: PrincipalMatch,
        user: PrincipalMatch,
        session: PrincipalMatch,
        federated: PrincipalMatch
    ) {
        #expect(pattern.match(Self.accountRoot) == root)
        #expect(pattern.match(Scenario.user()) == user)
        #expect(pattern.match(Scenario.session()) == session)
        #expect(pattern.match(Scenario.federatedUser()) == federated)
    }

    @Test func `match services, token bearers and the anonymous only by their own kind`() throws {
        let provider = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com"
        let bearer = Caller.webIdentity(provider: provider)
        #expect(PrincipalPattern.service("s3.amazonaws.com").match(.service("s3.amazonaws.com")) == .direct)
        #expect(PrincipalPattern.service("s3.amazonaws.com").match(.service("kms.amazonaws.com")) == .none)
        #expect(try #require(PrincipalPattern(federated: provider)).match(bearer) == .direct)
        #expect(PrincipalPattern.federated("accounts.google.com").match(bearer) == .none)
        #expect(PrincipalPattern.service(provider).match(bearer) == .none)
        for pattern in [PrincipalPattern.account(Scenario.account), .arn("anonymous"), .service("anonymous")]
        {
            #expect(pattern.match(.anonymous) == .none)
        }
        #expect(PrincipalPattern.everyone.match(.anonymous) == .direct)
    }

    @Test func `do not match a namesake made after the policy was written`() throws {
        let text = #"{"AWS":["\#(Scenario.alice)","\#(Scenario.role)","\#(Scenario.roleSession)"]}"#
        let policy = try Scenario.keyPolicy(for: text)
        let old = policy.resolvingPrincipals { _ in "AIDAOLD0000000000001" }
        let current = policy.resolvingPrincipals {
            $0 == Scenario.alice ? "AIDAALICE00000000001" : "AROADEPLOYER00000001"
        }
        for caller in [Scenario.user(), Scenario.session()] {
            #expect(Authorizer.decide(Scenario.request(caller, policy: policy)).isAllowed)
            #expect(Authorizer.decide(Scenario.request(caller, policy: current)).isAllowed)
            #expect(!Authorizer.decide(Scenario.request(caller, policy: old)).isAllowed)
        }
        #expect(policy.principalIDs.isEmpty)
        #expect(current.principalIDs[Scenario.role] == "AROADEPLOYER00000001")
        #expect(current.resolvingPrincipals { current.principalIDs[$0] }.principalIDs == current.principalIDs)
        #expect(current.source == policy.source)
    }

    @Test func `match a user that was renamed after the policy was written`() throws {
        let before = "arn:aws:iam::\(Scenario.account):user/maiden-name"
        let policy = try Scenario.keyPolicy(for: #"{"AWS":"\#(before)"}"#)
        #expect(!Authorizer.decide(Scenario.request(Scenario.user(), policy: policy)).isAllowed)
        let known = policy.resolvingPrincipals { _ in "AIDAALICE00000000001" }
        #expect(Authorizer.decide(Scenario.request(Scenario.user(), policy: known)).isAllowed)
        #expect(!Authorizer.decide(Scenario.request(Scenario.session(), policy: known)).isAllowed)
    }
}

@Suite("NotPrincipal")
struct NotPrincipalTests {
    private func isDenied(_ caller: Caller, sparing principals: [String]) throws -> Bool {
        let list = principals.map { "\"\($0)\"" }.joined(separator: ",")
        let policy = try Scenario.policy(
            .resource,
            #"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#,
            #"{"Effect":"Deny","NotPrincipal":{"AWS":[\#(list)]},"Action":"*","Resource":"*"}"#
        )
        return !Authorizer.decide(Scenario.request(caller, policy: policy)).isAllowed
    }

    @Test func `spares a user listed with its account`() throws {
        #expect(try !isDenied(Scenario.user(), sparing: [Scenario.alice, Scenario.account]))
        #expect(try isDenied(Scenario.user(), sparing: [Scenario.alice]))
        #expect(try isDenied(Scenario.user(), sparing: [Scenario.account]))
    }

    @Test func `spares a session listed with its role and account`() throws {
        let all = [Scenario.roleSession, Scenario.role, Scenario.account]
        #expect(try !isDenied(Scenario.session(), sparing: all))
        for index in all.indices {
            var some = all
            some.remove(at: index)
            #expect(try isDenied(Scenario.session(), sparing: some))
        }
    }

    @Test func `spares the root user of a listed account`() throws {
        #expect(try !isDenied(.root(account: Scenario.account), sparing: [Scenario.account]))
        #expect(try isDenied(.root(account: Scenario.account), sparing: [Scenario.otherAccount]))
    }

    @Test func `never spares a caller with a permissions boundary`() throws {
        let bounded = Scenario.user(boundary: try Scenario.allowAll(.boundary))
        #expect(try isDenied(bounded, sparing: [Scenario.alice, Scenario.account]))
    }
}
