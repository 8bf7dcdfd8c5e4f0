import Testing

@testable import Authorization

@Suite("AccessDenied text")
struct AccessDeniedMessageTests {
    @Test(arguments: [
        (PolicyKind.key, "because no resource-based policy allows the kms:Decrypt action"),
        (.resource, "because no resource-based policy allows the kms:Decrypt action"),
        (.identity, "because no identity-based policy allows the kms:Decrypt action"),
        (.boundary, "because no permissions boundary allows the kms:Decrypt action"),
        (.session, "because no session policy allows the kms:Decrypt action"),
        (.trust, "because no role trust policy allows the kms:Decrypt action"),
    ])
    func `says which kind of policy does not allow`(kind: PolicyKind, ending: String) {
        let text = Decision.denied(.noAllow(kind)).accessDeniedMessage(
            caller: Scenario.session(),
            action: "kms:Decrypt",
            resource: Scenario.key
        )
        #expect(
            text == "User: \(Scenario.roleSession) is not authorized to perform: kms:Decrypt on resource: "
                + "\(Scenario.key) \(ending)"
        )
    }

    @Test(arguments: [
        (PolicyKind.key, "with an explicit deny in a resource-based policy"),
        (.resource, "with an explicit deny in a resource-based policy"),
        (.identity, "with an explicit deny in an identity-based policy"),
        (.boundary, "with an explicit deny in a permissions boundary"),
        (.session, "with an explicit deny in a session policy"),
        (.trust, "with an explicit deny in the role trust policy"),
    ])
    func `says which kind of policy denies`(kind: PolicyKind, ending: String) {
        let reference = StatementReference(kind: kind, policy: nil, index: 0, sid: nil)
        let text = Decision.denied(.explicitDeny(reference)).accessDeniedMessage(
            caller: Scenario.user(),
            action: "kms:ListKeys",
            resource: "*"
        )
        #expect(
            text
                == "User: \(Scenario.alice) is not authorized to perform: kms:ListKeys on resource: * \(ending)"
        )
    }

    @Test func `is the same for a foreign account as for a missing allowance`() {
        func text(_ reason: DenyReason) -> String? {
            Decision.denied(reason).accessDeniedMessage(
                caller: Scenario.user(),
                action: "kms:PutKeyPolicy",
                resource: Scenario.key
            )
        }
        #expect(text(.notCrossAccount) == text(.noAllow(.key)))
        #expect(
            Decision.allowed(.grant(id: "g")).accessDeniedMessage(
                caller: .anonymous,
                action: "",
                resource: ""
            ) == nil
        )
    }
}

@Suite("Explanation")
struct ExplanationTests {
    @Test func `lists every statement and grant with how it matched`() throws {
        let key = try PolicyDocument(
            parsing: """
                {"Version":"2012-10-17","Statement":[\
                {"Sid":"Root","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"},\
                {"Sid":"Never","Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*",\
                "Condition":{"Bool":{"aws:SecureTransport":false}}}]}
                """,
            as: .key,
            named: "default"
        )
        let identity = try Scenario.policy(
            .identity,
            #"{"Effect":"Allow","Action":"kms:Encrypt","Resource":"arn:aws:s3:::*"}"#
        )
        let grant = Grant(id: "g1", grantee: .arn(Scenario.role), operations: ["Decrypt"])
        let explanation = Authorizer.explain(
            Scenario.request(
                Scenario.user(identityPolicies: [identity]),
                policy: key,
                grants: [grant],
                context: DictionaryContext(["aws:SecureTransport": .single("true")])
            )
        )
        #expect(explanation.decision == .denied(.noAllow(.identity)))
        #expect(explanation.grants == [GrantFinding(id: "g1", match: .none)])
        let reference = StatementReference(kind: .key, policy: "default", index: 1, sid: "Never")
        #expect(
            explanation.statements == [
                StatementFinding(
                    statement: StatementReference(kind: .key, policy: "default", index: 0, sid: "Root"),
                    effect: .allow,
                    principal: .account,
                    matchesAction: true,
                    matchesResource: true,
                    conditions: [],
                    applies: true
                ),
                StatementFinding(
                    statement: reference,
                    effect: .deny,
                    principal: .direct,
                    matchesAction: true,
                    matchesResource: true,
                    conditions: [
                        ConditionFinding(
                            conditionOperator: "Bool",
                            key: "aws:securetransport",
                            policyValues: ["false"],
                            requestValues: ["true"],
                            holds: false
                        )
                    ],
                    applies: false
                ),
                StatementFinding(
                    statement: StatementReference(kind: .identity, policy: nil, index: 0, sid: nil),
                    effect: .allow,
                    principal: nil,
                    matchesAction: false,
                    matchesResource: false,
                    conditions: [],
                    applies: false
                ),
            ]
        )
    }
}

@Suite("Lockout check")
struct LockoutTests {
    private func allows(_ policy: PolicyDocument, _ caller: Caller) -> Bool {
        Authorizer.allowsFutureUpdate(
            policy,
            by: caller,
            key: Scenario.key,
            account: Scenario.account,
            context: DictionaryContext()
        )
    }

    @Test func `passes a policy that still lets the caller change it`() throws {
        let identity = Scenario.user(identityPolicies: [try Scenario.allowAll(.identity)])
        #expect(allows(try Scenario.keyPolicy(for: #"{"AWS":"111122223333"}"#), identity))
        #expect(allows(try Scenario.keyPolicy(for: #"{"AWS":"\#(Scenario.alice)"}"#), Scenario.user()))
        #expect(
            allows(try Scenario.keyPolicy(for: #"{"AWS":"111122223333"}"#), .root(account: Scenario.account))
        )
    }

    @Test func `refuses a policy that would lock the caller out`() throws {
        #expect(!allows(try Scenario.keyPolicy(for: #"{"AWS":"111122223333"}"#), Scenario.user()))
        #expect(!allows(try Scenario.keyPolicy(for: #"{"AWS":"\#(Scenario.role)"}"#), Scenario.user()))
        #expect(!allows(try Scenario.policy(.key), .root(account: Scenario.account)))
        let encryptOnly = #"{"Effect":"Allow","Principal":"*","Action":"kms:Encrypt","Resource":"*"}"#
        #expect(!allows(try Scenario.policy(.key, encryptOnly), .root(account: Scenario.account)))
    }
}

@Suite("PolicyLinter")
struct PolicyLinterTests {
    private func findings(_ effect: Effect, _ condition: String) throws -> [PolicyLinter.Finding] {
        let statement = """
            {"Effect":"\(effect.rawValue)","Principal":"*","Action":"*","Resource":"*","Condition":{\(condition)}}
            """
        return PolicyLinter.findings(in: try Scenario.policy(.key, statement))
    }

    @Test(arguments: [
        ("kms:EncryptionContext:app", "encryption context"),
        ("KMS:encryptioncontext:App", "encryption context"),
        ("aws:RequestTag/team", "tag"),
    ])
    func `finds ForAllValues on a single-valued key`(key: String, subject: String) throws {
        for name in ["ForAllValues:StringEquals", "ForAllValues:StringLikeIfExists"] {
            let finding = try #require(try findings(.allow, #""\#(name)":{"\#(key)":"x"}"#).first)
            #expect(
                finding.description
                    == "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued "
                    + "condition key matches requests without the specified \(subject) or with an unspecified "
                    + "\(subject). To fix, remove ForAllValues."
            )
        }
    }

    @Test(arguments: [
        #""ForAllValues:StringEquals":{"kms:EncryptionContextKeys":"x"}"#,
        #""ForAllValues:StringEquals":{"aws:TagKeys":"x"}"#,
        #""ForAnyValue:StringEquals":{"kms:EncryptionContext:app":"x"}"#,
        #""StringEquals":{"aws:RequestTag/team":"x"}"#,
    ])
    func `leaves other conditions alone`(condition: String) throws {
        #expect(try findings(.allow, condition).isEmpty)
    }

    @Test func `leaves a Deny alone`() throws {
        #expect(try findings(.deny, #""ForAllValues:StringEquals":{"aws:RequestTag/team":"x"}"#).isEmpty)
    }
}
