import Testing

@testable import Authorization

@Suite("Grants")
struct GrantTests {
    private func decide(
        _ caller: Caller,
        _ grants: [Grant],
        _ action: String = "kms:Decrypt",
        context: [String: String]? = nil
    ) -> Decision {
        Authorizer.decide(
            Scenario.request(
                caller,
                action,
                policy: nil,
                grants: grants,
                context: DictionaryContext(encryptionContext: context)
            )
        )
    }

    private func grant(
        _ grantee: PrincipalPattern,
        _ operations: Set<String> = ["Decrypt"],
        _ constraint: GrantConstraint? = nil,
        granteeID: String? = nil
    ) -> Grant {
        Grant(
            id: "g1",
            grantee: grantee,
            granteeID: granteeID,
            operations: operations,
            constraint: constraint
        )
    }

    @Test(arguments: ["kms:Decrypt", "kms:GenerateDataKey", "kms:decrypt", "s3:Decrypt", "kms:DecryptX"])
    func `permit their operations and no others`(action: String) {
        let decision = decide(Scenario.user(), [grant(.arn(Scenario.alice))], action)
        #expect(
            decision == (action == "kms:Decrypt" ? .allowed(.grant(id: "g1")) : .denied(.noAllow(.resource)))
        )
    }

    @Test(arguments: [
        (Scenario.alice, true, false, false), (Scenario.role, false, true, false),
        (Scenario.roleSession, false, true, false), ("111122223333", false, false, true),
        ("s3.amazonaws.com", false, false, false),
    ])
    func `permit their grantee`(grantee: String, user: Bool, session: Bool, root: Bool) throws {
        let grants = [grant(try #require(PrincipalPattern(grantee: grantee)))]
        #expect(decide(Scenario.user(), grants).isAllowed == user)
        #expect(decide(Scenario.session(), grants).isAllowed == session)
        #expect(decide(.root(account: Scenario.account), grants).isAllowed == root)
        #expect(decide(.service("s3.amazonaws.com"), grants).isAllowed == (grantee == "s3.amazonaws.com"))
    }

    @Test func `to an account need an identity policy as well`() throws {
        let grants = [grant(.account(Scenario.account))]
        let allowed = Scenario.user(identityPolicies: [try Scenario.allowAll(.identity)])
        #expect(decide(allowed, grants).isAllowed)
        #expect(decide(Scenario.user(), grants) == .denied(.noAllow(.identity)))
    }

    @Test func `to a role are limited by boundary and session policies`() throws {
        let narrow = #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#
        let boundary = try Scenario.policy(.boundary, narrow)
        let session = try Scenario.policy(.session, narrow)
        let grants = [grant(.arn(Scenario.role))]
        #expect(decide(Scenario.session(boundary: boundary), grants) == .denied(.noAllow(.boundary)))
        #expect(decide(Scenario.session(sessionPolicies: [session]), grants) == .denied(.noAllow(.session)))
        let direct = grants + [grant(.arn(Scenario.roleSession))]
        #expect(decide(Scenario.session(boundary: boundary), direct).isAllowed)
    }

    @Test func `do not pass to a namesake of the grantee`() {
        #expect(
            !decide(Scenario.user(), [grant(.arn(Scenario.alice), granteeID: "AIDAOLD0000000000001")])
                .isAllowed
        )
        #expect(
            decide(Scenario.user(), [grant(.arn(Scenario.alice), granteeID: "AIDAALICE00000000001")])
                .isAllowed
        )
    }

    @Test(arguments: [
        (GrantConstraint.equals(["a": "1"]), ["a": "1"], true),
        (.equals(["a": "1"]), ["A": "1"], true),
        (.equals(["a": "1"]), ["a": "2"], false),
        (.equals(["a": "x"]), ["a": "X"], false),
        (.equals(["a": "1"]), ["a": "1", "b": "2"], false),
        (.equals(["a": "1", "b": "2"]), ["a": "1"], false),
        (.equals(["a": "1"]), [:], false),
        (.equals([:]), [:], true),
        (.equals(["a": "1", "A": "2"]), ["a": "1", "b": "2"], false),
        (.subset(["a": "1"]), ["a": "1"], true),
        (.subset(["a": "1"]), ["a": "1", "b": "2"], true),
        (.subset(["a": "1"]), ["A": "1", "b": "2"], true),
        (.subset(["a": "1"]), ["b": "1"], false),
        (.subset(["a": "1"]), ["a": "2", "b": "1"], false),
        (.subset(["a": "1"]), [:], false),
        (.subset(["a": "é"]), ["a": "e\u{301}"], false),
        (.subset([:]), [:], true),
    ])
    func `constrain the encryption context`(
        constraint: GrantConstraint,
        context: [String: String],
        permits: Bool
    ) {
        #expect(constraint.isFulfilled(by: context) == permits)
        let grants = [grant(.arn(Scenario.alice), ["Decrypt", "DescribeKey"], constraint)]
        #expect(decide(Scenario.user(), grants, context: context).isAllowed == permits)
        #expect(decide(Scenario.user(), grants, "kms:DescribeKey").isAllowed)
    }

    @Test func `are constrained also when the request says nothing of a context`() {
        let grants = [grant(.arn(Scenario.alice), ["Decrypt"], .subset(["a": "1"]))]
        #expect(!decide(Scenario.user(), grants, context: nil).isAllowed)
    }

    @Test func `are not asked for when a policy decides`() throws {
        final class Refusing: GrantSource {
            func grants(for caller: Caller) -> [Grant] {
                Issue.record("asked for grants")
                return []
            }
        }
        for policy in [
            try Scenario.keyPolicy(for: #""*""#),
            try Scenario.policy(.key, #"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#),
        ] {
            let request = AuthorizationRequest(
                caller: Scenario.user(),
                action: "kms:Decrypt",
                resource: Scenario.key,
                resourceAccount: Scenario.account,
                resourcePolicy: policy,
                delegation: .required,
                allowsCrossAccount: false,
                grants: Refusing(),
                context: DictionaryContext()
            )
            _ = Authorizer.decide(request)
        }
    }

    @Test(arguments: ["*", "", "alice", "arn:aws:iam::111122223333:user/*"])
    func `are never for everyone or nobody`(grantee: String) {
        #expect(PrincipalPattern(grantee: grantee) == nil)
    }
}
